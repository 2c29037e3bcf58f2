import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** The repository's root folder. */
export const root = path.resolve(import.meta.dirname, '..')

/** The names of the folders of `parent` (relative to `base`) that hold `file`, sorted. */
export function foldersWith(parent: string, file: string, base = root): string[] {
  const folder = path.join(base, parent)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, file)))
    .sort()
}
