import { strictArgs } from '../../router/strict-args.ts'
import { messageOf } from '../../router/usage-error.ts'

/** The four names of a new subgraph. */
export type Names = {
  /** Name of the subgraph: its folder, package and database, and the first word of its message types. */
  readonly subgraph: string
  /** GraphQL type of its entity: `Favourite`. */
  readonly entity: string
  /** Plural of the entity in lower case: `favourites`. */
  readonly plural: string
  /** Prefix of the entity's ids: `fav`. */
  readonly prefix: string
}

/** An invalid name or argument. The message repeats it and says what is allowed. */
export class BadName extends Error {
  override readonly name = 'BadName'
}

export const HELP = [
  'npm run new -- NAME [--entity ENTITY] [--prefix XYZ]',
  '',
  'Creates a subgraph with an entity, a list, two mutations, an event it publishes, an event it consumes, and tests,',
  'and adds it to the shop.',
  '',
  '  NAME      3 to 30 letters a to z, e.g. favourites',
  '  --entity  GraphQL type, one capitalised word, e.g. Favourite (default: the singular of NAME)',
  '  --prefix  prefix of its ids, three letters, e.g. fav (default: the first three letters of the entity)',
].join('\n')

const WORDS = {
  subgraph: { form: /^[a-z]{3,30}$/, allowed: '3 to 30 letters from a to z' },
  entity: {
    form: /^[A-Z][a-z]{2,29}$/,
    allowed: 'one capitalised word of 3 to 30 letters, e.g. Favourite',
  },
  prefix: { form: /^[a-z]{3}$/, allowed: 'three letters from a to z' },
}

function check(option: keyof typeof WORDS, value: string): string {
  const { form, allowed } = WORDS[option]
  if (form.test(value)) return value
  throw new BadName(`${option} ${JSON.stringify(value)}: allowed is ${allowed}`)
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
 * Parses the arguments of `npm run new`. Returns null for `--help` or no arguments.
 * @throws BadName for unknown arguments and malformed names
 */
export function readNames(argv: readonly string[]): Names | null {
  const { values, positionals } = parse(argv)
  if (values.help || argv.length === 0) return null
  const [name = '', ...more] = positionals
  if (more.length > 0)
    throw new BadName(`unexpected argument ${JSON.stringify(more.join(' '))}: allowed is one name`)
  const subgraph = check('subgraph', name)
  const entity = check('entity', values.entity ?? entityOf(subgraph))
  const prefix = check('prefix', values.prefix ?? entity.slice(0, 3).toLowerCase())
  return { subgraph, entity, plural: pluralOf(entity), prefix }
}

function parse(argv: readonly string[]) {
  try {
    const options = {
      entity: { type: 'string' },
      prefix: { type: 'string' },
      help: { type: 'boolean' },
    } as const
    return strictArgs(argv, options, true)
  } catch (error) {
    throw new BadName(`${messageOf(error)}: allowed options are --entity, --prefix and --help`)
  }
}
