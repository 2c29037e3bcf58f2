import { parseArgs } from 'node:util'

/** The names that a new subgraph is made of. */
export type Names = {
  /** Of the subgraph: folder, package, database, first word of its messages. */
  readonly subgraph: string
  /** Of its entity, as the graph has it: `Favourite`. */
  readonly entity: string
  /** More than one of the entity, in lower case: `favourites`. */
  readonly plural: string
  /** Of the entity's ids: `fav`. */
  readonly prefix: string
}

/** A name that cannot be used. The message echoes it and says what is allowed. */
export class BadName extends Error {
  override readonly name = 'BadName'
}

export const HELP = [
  'npm run new -- NAME [--entity ENTITY] [--prefix XYZ]',
  '',
  'Makes a subgraph with an entity, a list, two mutations, a message out and one in, tests, and its place in the shop.',
  '',
  '  NAME      3 to 30 letters a to z, e.g. favourites',
  '  --entity  one word with a capital, e.g. Favourite (default: NAME without its plural ending)',
  '  --prefix  three letters that the ids of the entity begin with, e.g. fav (default: the first three of the entity)',
].join('\n')

const WORDS = {
  subgraph: { form: /^[a-z]{3,30}$/, allowed: '3 to 30 letters from a to z' },
  entity: {
    form: /^[A-Z][a-z]{2,29}$/,
    allowed: 'one word of 3 to 30 letters with a capital, e.g. Favourite',
  },
  prefix: { form: /^[a-z]{3}$/, allowed: 'three letters from a to z' },
}

function check(what: keyof typeof WORDS, value: string): string {
  const { form, allowed } = WORDS[what]
  if (form.test(value)) return value
  throw new BadName(`${what} ${JSON.stringify(value)}: allowed is ${allowed}`)
}

/** `favourites` → `Favourite`, `stories` → `Story`, `boxes` → `Box`, `support` → `Support`. */
export function entityOf(subgraph: string): string {
  const one = subgraph
    .replace(/ies$/, 'y')
    .replace(/(s|x|z|ch|sh)es$/, '$1')
    .replace(/([^su])s$/, '$1')
  return `${one.charAt(0).toUpperCase()}${one.slice(1)}`
}

/** `Favourite` → `favourites`, `Story` → `stories`, `Box` → `boxes`. */
export function pluralOf(entity: string): string {
  const one = entity.toLowerCase()
  if (/[^aeiou]y$/.test(one)) return one.replace(/y$/, 'ies')
  return /(s|x|z|ch|sh)$/.test(one) ? `${one}es` : `${one}s`
}

/**
 * Reads the arguments of `npm run new`; null when help is asked for.
 * @throws BadName for arguments that are not known, and names that are not of the form
 */
export function readNames(argv: readonly string[]): Names | null {
  const { values, positionals } = parse(argv)
  if (values.help || argv.length === 0) return null
  const [name = '', ...more] = positionals
  if (more.length > 0) throw new BadName(`${JSON.stringify(more.join(' '))} is too much: allowed is one name`)
  const subgraph = check('subgraph', name)
  const entity = check('entity', values.entity ?? entityOf(subgraph))
  const prefix = check('prefix', values.prefix ?? entity.slice(0, 3).toLowerCase())
  return { subgraph, entity, plural: pluralOf(entity), prefix }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { entity: { type: 'string' }, prefix: { type: 'string' }, help: { type: 'boolean' } },
    })
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : ['the arguments are not right']
    throw new BadName(`${sentence}: there are --entity, --prefix and --help`)
  }
}
