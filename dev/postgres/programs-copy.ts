import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { PostgresFailure } from './failure.ts'

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * Creates the symbolic links of libraries, which npm packages cannot contain; the package's install script
 * may not have run.
 * @param home the package's folder
 * @returns whether all links exist
 */
export function makeLinks(home: string): boolean {
  const list = path.join(home, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))
  return links.every(({ source, target }) => {
    const link = path.join(home, target)
    try {
      if (!existsSync(link)) symlinkSync(path.basename(source), link)
    } catch {
      // Another process may have created it; the caller handles a read-only folder.
    }
    return existsSync(link)
  })
}

/**
 * Copies the files that PostgreSQL needs (60 MB, 0.1 s) to a world-readable folder below `parent`; returns
 * it.
 */
export function copyPackage(home: string, parent: string): string {
  const owner = process.getuid?.() ?? 0
  const version = readFileSync(path.join(home, 'package.json'))
  const key = createHash('sha256').update(home).update(version).digest('hex').slice(0, 12)
  const copy = path.join(parent, `argyle-postgres-${owner}-${key}`)
  if (existsSync(copy)) return trusted(copy, owner)

  const partial = `${copy}-${process.pid}`
  mkdirSync(path.join(partial, 'native'), { recursive: true })
  for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
    const source = path.join(home, 'native', part)
    if (existsSync(source))
      cpSync(source, path.join(partial, 'native', part), { recursive: true, filter: needed })
  }
  makeLinks(partial)
  openToAll(partial)
  try {
    renameSync(partial, copy)
  } catch {
    rmSync(partial, { recursive: true, force: true }) // another process was first
  }
  return trusted(copy, owner)
}

// Static libraries are a third of the package; links are created again.
const needed = (file: string) => !file.endsWith('.a') && !lstatSync(file).isSymbolicLink()

/** Checks the owner: anyone may write to the temporary folder, and programs of others must not be run. */
function trusted(copy: string, owner: number): string {
  const found = lstatSync(copy)
  if (found.isDirectory() && found.uid === owner && (found.mode & 0o022) === 0) return copy
  throw new PostgresFailure(`${copy} was not made by this user: remove it, and start again`)
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) openToAll(file)
    else if (entry.isFile()) chmodSync(file, lstatSync(file).mode & 0o100 ? 0o755 : 0o644)
  }
}
