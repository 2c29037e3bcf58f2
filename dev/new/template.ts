import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Names } from './names.ts'

/** A file to write. `file` is its path from the root of the repository. */
export type MadeFile = { readonly file: string; readonly text: string }

const TEMPLATE = path.join(import.meta.dirname, 'template')

/** The names in the template. They are part of no other word, so plain text replacement is safe. */
export const PLACEHOLDERS: Names = {
  subgraph: 'gadgetry',
  entity: 'Gadget',
  plural: 'gadgets',
  prefix: 'gdt',
}

const capitalised = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

/** Replaces the placeholders in a text or path of the template, and makes the article fit: `a gadget` → `an alert`. */
export function renamed(text: string, { subgraph, entity, plural, prefix }: Names): string {
  const { subgraph: itself, entity: Thing, plural: things, prefix: id } = PLACEHOLDERS
  const thing = Thing.toLowerCase()
  const articles = /^[AEIOU]/.test(entity)
    ? text.replace(new RegExp(`\\b([Aa]) (?=${thing}\\b)`, 'g'), '$1n ')
    : text
  return articles
    .replaceAll(itself, subgraph)
    .replaceAll(capitalised(itself), capitalised(subgraph))
    .replaceAll(things, plural)
    .replaceAll(capitalised(things), capitalised(plural))
    .replaceAll(thing, entity.toLowerCase())
    .replaceAll(Thing, entity)
    .replaceAll(Thing.toUpperCase(), entity.toUpperCase())
    .replaceAll(id, prefix)
}

/** Replaces a line such as `-- kit: database/kit.sql` by the contents of that file of the kit. */
function withKit(text: string, root: string): string {
  return text.replace(/^(?:#|\/\/|--) kit: (\S+)$/gm, (_, file: string) =>
    readFileSync(path.join(root, 'subgraphs/kit', file), 'utf8').trimEnd(),
  )
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

/** The text of each TypeScript file of the template. */
export function templateSources(): string[] {
  return filesBelow(TEMPLATE)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(TEMPLATE, file), 'utf8'))
}

/**
 * Renders the files of a new subgraph and of its database.
 * @param root root of the repository, whose kit files are included
 * @param now time in the name of the first migration
 */
export function filesOf(names: Names, root: string, now: Date): MadeFile[] {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/\D/g, '')
  return filesBelow(TEMPLATE).map((file) => {
    const [part = '', ...rest] = file.split(path.sep)
    const place = part === 'prisma' ? ['prisma', names.subgraph] : ['subgraphs', names.subgraph]
    const inside = renamed(rest.join('/'), names).replace(/^migrations\/base\//, `migrations/${stamp}_base/`)
    const text = readFileSync(path.join(TEMPLATE, file), 'utf8')
    return { file: [...place, inside].join('/'), text: withKit(renamed(text, names), root) }
  })
}
