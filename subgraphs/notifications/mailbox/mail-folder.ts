import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { newId } from '@argyle/kit/ids'

/** Limits of the folder. Beyond them the oldest e-mails are deleted. */
export type Bounds = { readonly messages: number; readonly bytes: number }

export const BOUNDS: Bounds = { messages: 500, bytes: 50_000_000 }

const ENDING = '.eml'
/** A file that is being written. */
const DRAFT_ENDING = '.part'

export type MailFolder = {
  /** Stores an e-mail unchanged (RFC 5322). @returns its id, once it is on disk */
  add(message: Uint8Array): Promise<string>
  /** The ids, newest first. */
  ids(): readonly string[]
  /** The unchanged e-mail; null if it does not exist. */
  read(id: string): Promise<Buffer | null>
}

/** E-mails in a folder, one file each, named by ids that sort by time. */
export function mailFolder(folder: string, bounds: Bounds = BOUNDS): MailFolder {
  mkdirSync(folder, { recursive: true })
  const fileOf = (id: string) => path.join(folder, `${id}${ENDING}`)
  const sizes = new Map<string, number>()
  for (const name of readdirSync(folder).sort()) {
    const file = path.join(folder, name)
    if (name.endsWith(ENDING)) sizes.set(name.slice(0, -ENDING.length), statSync(file).size)
    // A process left it that ended while writing.
    if (name.endsWith(DRAFT_ENDING)) rmSync(file)
  }
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)

  async function makeRoom(): Promise<void> {
    for (const [id, size] of sizes) {
      if (sizes.size <= bounds.messages && bytes <= bounds.bytes) return
      sizes.delete(id)
      bytes -= size
      await rm(fileOf(id), { force: true })
    }
  }

  return {
    async add(message) {
      const id = newId('eml')
      // The file is renamed when it is complete.
      const draft = path.join(folder, `${id}${DRAFT_ENDING}`)
      await writeFile(draft, message, { mode: 0o600 })
      await rename(draft, fileOf(id))
      sizes.set(id, message.byteLength)
      bytes += message.byteLength
      await makeRoom()
      return id
    },
    ids: () => [...sizes.keys()].reverse(),
    read: async (id) => (sizes.has(id) ? readFile(fileOf(id)).catch(() => null) : null),
  }
}
