// Tested in every-role.e2e.test.ts: the test sends these operations.

import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'

/** A query of one root field. `of`: the type whose id it takes as `$id`; null: it takes none. */
export type WholeQuery = { readonly name: string; readonly operation: string; readonly of: string | null }

/** Levels of objects below the root field; connections and their edges are none. */
const DEPTH = 2
/** Characters that the references of one object may have in an operation. */
const MAX_LENGTH = 1_500
/** Fields of connections, which are no further level. */
const IN_LISTS = new Set(['edges', 'node'])

/**
 * For each root query that needs nothing, or an id: the fields of its objects, and those of the objects that these refer to, in as many
 * operations as their limits ask for. Left out is a field with a required argument.
 */
export function wholeQueries(schema: GraphQLSchema): readonly WholeQuery[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((field) => {
    const type = getNamedType(field.type)
    if (isLeafType(type) || field.args.some((one) => isRequiredArgument(one) && one.name !== 'id')) return []
    const of = field.args.some(({ name }) => name === 'id') ? type.name : null
    const head = of ? `query ($id: ID!) { ${field.name}(id: $id)` : `{ ${field.name}${pageOf(field)}`
    return selections(type, DEPTH, '').map((one) => ({ name: field.name, operation: `${head} ${one} }`, of }))
  })

  /** @param prefix of the aliases: members of an abstract type may have fields of one name and different types. */
  function selections(type: GraphQLNamedType, depth: number, prefix: string): readonly string[] {
    if (isAbstractType(type))
      return schema.getPossibleTypes(type).flatMap((member) => {
        const fragments = selections(member, depth, `${member.name}_`)
        return fragments.map((one) => `{ __typename ... on ${member.name} ${one} }`)
      })
    if (!isObjectType(type)) return []
    const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument))
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)))
    const text = ['__typename', ...leaves.map((field) => nameIn(prefix, field))].join(' ')
    const references = depth === 0 ? [] : fields.filter((field) => !leaves.includes(field))
    const below = references.flatMap((field) => {
      const further = selections(getNamedType(field.type), depth - (IN_LISTS.has(field.name) ? 0 : 1), '')
      return further.map((one) => `${nameIn(prefix, field)}${pageOf(field)} ${one}`)
    })
    return together(below).map((parts) => `{ ${text} ${parts} }`)
  }
}

/** Texts joined to longer ones, as far as an operation may grow; at least an empty one. */
function together(texts: readonly string[]): readonly string[] {
  const joined = ['']
  for (const text of texts) {
    const last = joined.at(-1) ?? ''
    if (last === '' || last.length + text.length < MAX_LENGTH) joined[joined.length - 1] = `${last} ${text}`
    else joined.push(text)
  }
  return joined
}

function nameIn(prefix: string, { name }: GraphQLField<unknown, unknown>): string {
  return prefix === '' || name === 'id' ? name : `${prefix}${name}: ${name}`
}

function pageOf({ args }: GraphQLField<unknown, unknown>): string {
  return args.some(({ name }) => name === 'first') ? '(first: 2)' : ''
}
