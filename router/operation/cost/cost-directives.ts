import { type ConstDirectiveNode, type ConstValueNode, type GraphQLSchema, Kind } from 'graphql'

/** The names under which a supergraph has the two directives of the cost specification. */
export type CostDirectiveNames = { readonly cost: string; readonly listSize: string }

const COST_FEATURE = /^https:\/\/specs\.apollo\.dev\/cost\/v\d/

/**
 * Reads the names from `@link(url: "https://specs.apollo.dev/cost/v0.1", as:, import:)` (core schemas, v1.0). A directive
 * named as its feature needs no prefix; other directives that are not imported have one. Without a link: IBM's names.
 */
export function costDirectiveNames({ astNode, extensionASTNodes }: GraphQLSchema): CostDirectiveNames {
  const directives = [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? [])
  const link = directives.find((directive) => {
    const url = argumentOf(directive, 'url')
    return url?.kind === Kind.STRING && COST_FEATURE.test(url.value)
  })
  if (!link) return { cost: 'cost', listSize: 'listSize' }
  const as = argumentOf(link, 'as')
  const prefix = as?.kind === Kind.STRING ? as.value : 'cost'
  const imported = importedNames(argumentOf(link, 'import'))
  return {
    // An import without `as` leaves the name as it is.
    cost: imported.get('@cost') ?? prefix,
    listSize: imported.get('@listSize') ?? `${prefix}__listSize`,
  }
}

export function argumentOf(
  directive: ConstDirectiveNode | undefined,
  name: string,
): ConstValueNode | undefined {
  return directive?.arguments?.find((argument) => argument.name.value === name)?.value
}

/** Names in the schema, without `@`, by the names in the specification. */
function importedNames(list: ConstValueNode | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const item of list?.kind === Kind.LIST ? list.values : []) {
    if (item.kind === Kind.STRING) names.set(item.value, item.value.slice(1))
    if (item.kind !== Kind.OBJECT) continue
    const textOf = (field: string) => {
      const value = item.fields.find((candidate) => candidate.name.value === field)?.value
      return value?.kind === Kind.STRING ? value.value : undefined
    }
    const name = textOf('name')
    if (name !== undefined) names.set(name, (textOf('as') ?? name).slice(1))
  }
  return names
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
