// Tested in every-role.e2e.test.ts: the test sends these operations.

import {
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'

/** A list in pages: a root field, or a field of an object that a root field finds by the id of type `of`. */
export type PagedList = { readonly name: string; readonly operation: string; readonly of: string | null }

type Field = GraphQLField<unknown, unknown>

const takes = ({ args }: Field, name: string) => args.some((one) => one.name === name)
const isPaged = (field: Field) =>
  takes(field, 'first') && takes(field, 'after') && !field.args.some(isRequiredArgument)
const pageOf = ({ name }: Field) =>
  `list: ${name}(first: $first, after: $after) { edges { cursor } pageInfo { hasNextPage endCursor } }`

/** All lists in pages that take no further argument. */
export function pagedLists(schema: GraphQLSchema): readonly PagedList[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((root): PagedList[] => {
    if (isPaged(root)) {
      const operation = `query ($first: Int!, $after: String) { ${pageOf(root)} }`
      return [{ name: root.name, operation, of: null }]
    }
    const type = getNamedType(root.type)
    const isFoundById =
      root.args.every((one) => one.name === 'id' || !isRequiredArgument(one)) && takes(root, 'id')
    if (!isObjectType(type) || !isFoundById) return []
    return Object.values(type.getFields()).flatMap((field): PagedList[] => {
      if (!isPaged(field)) return []
      const head = 'query ($id: ID!, $first: Int!, $after: String)'
      const operation = `${head} { of: ${root.name}(id: $id) { ${pageOf(field)} } }`
      return [{ name: `${root.name}.${field.name}`, operation, of: type.name }]
    })
  })
}

/** The first cursors of a list, at least `count` where it has so many, read in pages of `size`. */
export async function cursorsOf(
  client: GraphqlClient,
  { operation }: PagedList,
  { id, size, count }: { readonly id: string | null; readonly size: number; readonly count: number },
): Promise<string[]> {
  const cursors: string[] = []
  for (let after: string | null = null; cursors.length < count; ) {
    const { data } = await client.ask(operation, { ...(id !== null && { id }), first: size, after })
    const list = data?.list ?? data?.of?.list
    if (!list) break
    cursors.push(...list.edges.map(({ cursor }: { cursor: string }) => cursor))
    if (!list.pageInfo.hasNextPage) break
    after = list.pageInfo.endCursor
  }
  return cursors
}
