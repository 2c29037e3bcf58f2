import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Account, temporaryRoot } from './account.ts'

const prefix = 'argyle-pg-'

/**
 * Creates a folder for the server's Unix socket. It is outside the data folder because a socket's path has at
 * most 107 bytes. Its name is stored in the data folder, so that the next start removes the folder of a
 * killed server.
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
