import { type ConstValueNode, type GraphQLSchema, Kind } from 'graphql'
import { linkedNames } from '../linked-names.ts'

/** The names of the two directives of the cost specification in a supergraph. */
export type CostDirectiveNames = { readonly cost: string; readonly listSize: string }

/** IBM's names if there is no link. */
export function costDirectiveNames(schema: GraphQLSchema): CostDirectiveNames {
  const nameOf = linkedNames(schema, 'cost') ?? ((name: string) => name)
  return { cost: nameOf('cost'), listSize: nameOf('listSize') }
}

/** The number of an `Int`, a `Float`, or IBM's `String` that holds one; undefined for anything else. */
export function numberOf(value: ConstValueNode | undefined): number | undefined {
  if (value?.kind !== Kind.INT && value?.kind !== Kind.FLOAT && value?.kind !== Kind.STRING) return undefined
  const number = Number(value.value)
  return value.value.trim() !== '' && Number.isFinite(number) ? number : undefined
}

export function stringsOf(value: ConstValueNode | undefined): readonly string[] {
  const items = value?.kind === Kind.LIST ? value.values : value ? [value] : []
  return items.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []))
}
