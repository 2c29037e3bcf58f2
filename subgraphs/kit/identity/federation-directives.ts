import { type DirectiveNode, type GraphQLSchema, Kind, type ValueNode } from 'graphql'

/** Anything that can have directives, including the schema itself. */
type Definition = {
  astNode?: { directives?: readonly DirectiveNode[] } | null
  extensionASTNodes?: readonly { directives?: readonly DirectiveNode[] }[]
}

/** A Federation directive on a definition, under its original name. */
export type Applied = { readonly name: string; readonly node: DirectiveNode }

/** The value of a string literal; '' for any other value. */
export function textOf(value: ValueNode | undefined): string {
  return value?.kind === Kind.STRING ? value.value : ''
}

export function argumentOf(directive: DirectiveNode, name: string): ValueNode | undefined {
  return directive.arguments?.find((given) => given.name.value === name)?.value
}

function directivesOf({ astNode, extensionASTNodes = [] }: Definition): DirectiveNode[] {
  return [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? [])
}

/** One entry of `import`: "@authenticated", or { name: "@authenticated", as: "@signedIn" }. */
function importOf(value: ValueNode): [local: string, name: string] {
  const field = (key: string) =>
    value.kind === Kind.OBJECT ? textOf(value.fields.find((one) => one.name.value === key)?.value) : ''
  const name = (field('name') || textOf(value)).slice(1)
  return [field('as').slice(1) || name, name]
}

const FEDERATION = /\/federation\/v\d/
const PREFIX = 'federation__'

/**
 * Reads the Federation directives of a schema's definitions under the names that `@link` imports them by. A
 * renamed `@authenticated` must not go unnoticed: it would leave the field open.
 */
export function federationDirectives(schema: GraphQLSchema): (definition: Definition) => Applied[] {
  const imports = directivesOf(schema)
    .filter((node) => node.name.value === 'link' && FEDERATION.test(textOf(argumentOf(node, 'url'))))
    .map((link) => argumentOf(link, 'import'))
    .flatMap((list) => (list?.kind === Kind.LIST ? list.values.map(importOf) : []))
  const names = new Map(imports)
  const nameOf = (local: string) => (local.startsWith(PREFIX) ? local.slice(PREFIX.length) : names.get(local))
  return (definition) =>
    directivesOf(definition).flatMap((node) => {
      const name = nameOf(node.name.value)
      return name === undefined ? [] : [{ name, node }]
    })
}
