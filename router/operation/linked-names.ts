// Tested in cost/cost-directives.test.ts: the test uses the names of directives.

import { type ConstDirectiveNode, type ConstValueNode, type GraphQLSchema, Kind } from 'graphql'

/**
 * The names that a supergraph gives to directives of a specification, read from `@link(url:, as:, import:)` (core schemas,
 * v1.0). A directive named as its feature needs no prefix; other directives that are not imported have one.
 * @param feature the last part of the specification's address, such as `cost`.
 * @returns null without a link.
 */
export function linkedNames(
  { astNode, extensionASTNodes }: GraphQLSchema,
  feature: string,
): ((directive: string) => string) | null {
  const address = `https://specs.apollo.dev/${feature}/v`
  const directives = [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? [])
  const link = directives.find((directive) => {
    const url = argumentOf(directive, 'url')
    return url?.kind === Kind.STRING && url.value.startsWith(address)
  })
  if (!link) return null
  const as = argumentOf(link, 'as')
  const prefix = as?.kind === Kind.STRING ? as.value : feature
  const imported = importedNames(argumentOf(link, 'import'))
  // An import without `as` leaves the name as it is.
  return (directive) =>
    imported.get(`@${directive}`) ?? (directive === feature ? prefix : `${prefix}__${directive}`)
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
