import { type DirectiveNode, Kind, parse, type TypeDefinitionNode, type TypeExtensionNode } from 'graphql'

export type SubgraphSchema = { readonly name: string; readonly sdl: string }

/** Needs of a caller: `a signed-in user`, or scopes as `catalog:write` or `audit:read and orders:read`. */
type Need = string

function needOf(directives: readonly DirectiveNode[] = []): Need | null {
  const scopes = directives.find(({ name }) => name.value === 'requiresScopes')
  if (!scopes)
    return directives.some(({ name }) => name.value === 'authenticated') ? 'a signed-in user' : null
  const [all] = scopes.arguments ?? []
  // A list of alternatives, each a list of scopes that are needed together.
  const alternatives = all?.value.kind === Kind.LIST ? all.value.values : []
  return alternatives
    .map((together) => (together.kind === Kind.LIST ? together.values : []))
    .map((names) => names.map((name) => (name.kind === Kind.STRING ? `\`${name.value}\`` : '')).join(' and '))
    .join(', or ')
}

const isType = (node: { kind: string }): node is TypeDefinitionNode | TypeExtensionNode =>
  /Type(Definition|Extension)$/.test(node.kind)

/** The types and fields of a schema that not everyone may use, each with what it needs. */
export function needsOf(sdl: string): (readonly [coordinate: string, need: Need])[] {
  return parse(sdl)
    .definitions.filter(isType)
    .flatMap((type) => {
      const fields = 'fields' in type ? (type.fields ?? []) : []
      return [
        [type.name.value, needOf(type.directives)] as const,
        ...fields.map(
          (field) => [`${type.name.value}.${field.name.value}`, needOf(field.directives)] as const,
        ),
      ]
    })
    .flatMap(([coordinate, need]) => (need === null ? [] : [[coordinate, need] as const]))
}

const HEAD = `# Who may use what

The types and fields that not everyone may use, as the router and each subgraph refuse them by \`@authenticated\` and
\`@requiresScopes\`. Whose rows a caller sees is a further rule of each subgraph. The roles that have a scope are in
[users](../../subgraphs/users/README.md). \`npx vitest run dev/docs/access.test.ts -u\` writes this page.
`

/** The page of all subgraphs: a row for each type or field. */
export function accessPage(schemas: readonly SubgraphSchema[]): string {
  const sections = schemas.map(({ name, sdl }) => {
    const rows = needsOf(sdl).map(([coordinate, need]) => `| \`${coordinate}\` | ${need} |\n`)
    return rows.length === 0
      ? ''
      : `\n## ${name}\n\n| type or field | needs |\n| --- | --- |\n${rows.join('')}`
  })
  return HEAD + sections.join('')
}
