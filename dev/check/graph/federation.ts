import { Kind, parse, visit } from 'graphql'
import { fieldsOf, namedType, type SchemaOutline } from './schema-outline.ts'

const SPECIFICATION = 'https://specs.apollo.dev/federation/v2.9'
// GraphQL's own directives, and @link itself.
const builtIn = ['link', 'deprecated', 'specifiedBy', 'oneOf', 'skip', 'include']

/** The schema links federation v2.9 and imports exactly the directives that it uses. */
export function federationLink({ sdl, link }: SchemaOutline): string[] {
  const argument = (name: string) => link?.arguments?.find((node) => node.name.value === name)?.value
  const url = argument('url')
  if (url?.kind !== Kind.STRING || url.value !== SPECIFICATION) return [`schema: must link ${SPECIFICATION}`]
  const list = argument('import')
  const entries = list?.kind === Kind.LIST ? list.values : []
  const imported = new Set(
    entries.flatMap((node) => (node.kind === Kind.STRING ? [node.value.slice(1)] : [])),
  )
  const used = directivesIn(sdl)
  return [
    ...[...used]
      .filter((name) => !imported.has(name))
      .map((name) => `schema: uses @${name} without importing it`),
    ...[...imported]
      .filter((name) => !used.has(name))
      .map((name) => `schema: imports @${name} without using it`),
  ]
}

/** The shared block is in every schema, word for word. */
export function sharedBlock(shared: string): (schema: SchemaOutline) => string[] {
  return ({ sdl }) =>
    sdl.includes(shared.trim())
      ? []
      : ['schema: does not contain subgraphs/kit/schema/shared.graphql word for word']
}

/** Money is never a Float, which loses cents, or an Int, which overflows. */
export function moneyTypes({ types }: SchemaOutline): string[] {
  return [...types.values()].flatMap((node) =>
    fieldsOf(node)
      .filter(({ name }) =>
        /(price|amount|subtotal|grandTotal|discountTotal|taxTotal|shippingTotal)$/i.test(name.value),
      )
      .filter(({ type }) => ['Float', 'Int'].includes(namedType(type)))
      .map(
        ({ name, type }) =>
          `${node.name.value}.${name.value}: an amount must be Money or Decimal, not ${namedType(type)}`,
      ),
  )
}

function directivesIn(sdl: string): Set<string> {
  const used = new Set<string>()
  visit(parse(sdl), { Directive: ({ name }) => void used.add(name.value) })
  for (const name of builtIn) used.delete(name)
  return used
}
