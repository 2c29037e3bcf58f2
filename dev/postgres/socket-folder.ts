import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Account, temporaryRoot } from './account.ts'

const prefix = 'argyle-pg-'

/**
 * Makes a folder for the server's Unix socket. It stands outside the data folder because a socket's path has at most 107
 * bytes; its name is kept there, so that the next start removes what a killed one left.
 */
export function makeSocketFolder(dataDir: string, account: Account | undefined): string {
  const note = path.join(dataDir, 'sockets')
  const last = existsSync(note) ? readFileSync(note, 'utf8') : ''
  if (path.basename(last).startsWith(prefix)) rmSync(last, { recursive: true, force: true })

  const folder = mkdtempSync(path.join(temporaryRoot(account), prefix))
  if (account) chownSync(folder, account.uid, account.gid)
  writeFileSync(note, folder)
  return folder
}
