import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from '../repository.ts'

export type RepositoryCopy = {
  readonly root: string
  /** The text of a file. */
  read(file: string): string
  /** Replaces a text in a file. @throws Error if the file does not contain it */
  edit(file: string, from: string, to: string): void
  /** Copies a folder of the repository to another path in it. */
  duplicate(folder: string, name: string): void
  remove(): void
}

const NOT_COPIED = new Set(['node_modules', '.git', '.data', 'deploy'])
const REPORT = path.join(root, 'coverage')

const isCopied = (file: string) => file !== REPORT && !NOT_COPIED.has(path.basename(file))

/**
 * A copy of the repository for a test that changes its sources. It shares the packages of the original and
 * has its own subgraphs.
 */
export function copyRepository(): RepositoryCopy {
  const copy = mkdtempSync(path.join(tmpdir(), 'argyle-copy-'))
  cpSync(root, copy, { recursive: true, filter: isCopied })
  linkPackages(copy)
  return {
    root: copy,
    read: (file) => readFileSync(path.join(copy, file), 'utf8'),
    edit(file, from, to) {
      const whole = path.join(copy, file)
      const text = readFileSync(whole, 'utf8')
      if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`)
      writeFileSync(whole, text.replaceAll(from, to))
    },
    duplicate: (folder, name) =>
      cpSync(path.join(copy, folder), path.join(copy, path.dirname(folder), name), { recursive: true }),
    remove: () => rmSync(copy, { recursive: true }),
  }
}

function linkPackages(copy: string): void {
  const packages = path.join(copy, 'node_modules')
  mkdirSync(path.join(packages, '@argyle'), { recursive: true })
  for (const name of readdirSync(path.join(root, 'node_modules')))
    if (name !== '@argyle') symlinkSync(path.join(root, 'node_modules', name), path.join(packages, name))
  for (const name of readdirSync(path.join(copy, 'subgraphs')))
    symlinkSync(path.join(copy, 'subgraphs', name), path.join(packages, '@argyle', name))
}
