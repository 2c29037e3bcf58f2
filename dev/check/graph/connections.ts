import { type FieldDefinitionNode, type InputValueDefinitionNode, Kind } from 'graphql'
import { fieldsOf, namedType, printType, type SchemaOutline } from './schema-outline.ts'

const MAX_PAGE_SIZE = 100

/** Fields that take `first` without a connection, with the reason: the best of a ranking, which nobody pages through. */
const rankings: Readonly<Record<string, string>> = {
  'Product.related': 'at most 50 neighbours are kept of a product',
  'User.recommendations': 'the best 50 are ranked anew for each request',
}

/**
 * A field of a connection type takes `first` with a default of at most 100, and `after`; no other field takes
 * `first`, except for rankings.
 */
export function pagingArguments({ types }: SchemaOutline): string[] {
  return [...types.values()].flatMap((node) =>
    fieldsOf(node).flatMap((field) => {
      const paged = namedType(field.type).endsWith('Connection')
      const name = `${node.name.value}.${field.name.value}`
      const unpaged = rankings[name] === undefined ? unpagedFaults(field) : []
      return (paged ? pagedFaults(field) : unpaged).map((fault) => `${name}: ${fault}`)
    }),
  )
}

/** A connection has edges, pageInfo and optionally a nullable totalCount; an edge has a cursor and a node. */
export function connectionForm({ types }: SchemaOutline): string[] {
  return [...types.keys()]
    .filter((name) => name.endsWith('Connection'))
    .flatMap((name) => {
      const edge = `${name.slice(0, -'Connection'.length)}Edge`
      const isType = (field: string, allowed: readonly (string | undefined)[]) =>
        shape(types.get(name), field, allowed)
      return [
        ...isType('edges', [`[${edge}!]!`]),
        ...isType('pageInfo', ['PageInfo!']),
        ...isType('totalCount', ['Int', undefined]),
        ...shape(types.get(edge), 'cursor', ['String!']),
      ]
    })
}

function shape(
  node: Parameters<typeof fieldsOf>[0],
  name: string,
  allowed: readonly (string | undefined)[],
): string[] {
  const field = fieldsOf(node).find((candidate) => candidate.name.value === name)
  const found = field && printType(field.type)
  if (allowed.includes(found)) return []
  return [`${node?.name.value ?? 'the edge type'}.${name}: is ${found ?? 'missing'}, not ${allowed[0]}`]
}

function pagedFaults(field: FieldDefinitionNode): string[] {
  const first = argument(field, 'first')
  const after = argument(field, 'after')
  return [...(first ? defaultFaults(first) : ['takes no first']), ...(after ? [] : ['takes no after'])]
}

function defaultFaults({ defaultValue }: InputValueDefinitionNode): string[] {
  if (defaultValue?.kind !== Kind.INT) return ['first has no default']
  const size = Number(defaultValue.value)
  return size >= 1 && size <= MAX_PAGE_SIZE ? [] : [`first = ${size}, which is not in 1 to ${MAX_PAGE_SIZE}`]
}

function unpagedFaults(field: FieldDefinitionNode): string[] {
  return argument(field, 'first') ? ['takes first, but answers no connection'] : []
}

function argument(field: FieldDefinitionNode, name: string): InputValueDefinitionNode | undefined {
  return field.arguments?.find((candidate) => candidate.name.value === name)
}
