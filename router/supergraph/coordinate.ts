import { type DefinitionNode, Kind, type Location, parse, type Source } from 'graphql'

const parsed = new WeakMap<Source, readonly DefinitionNode[]>()

/** The definitions of a schema text, which has been parsed without errors before. */
function definitionsOf(source: Source): readonly DefinitionNode[] {
  const known = parsed.get(source)
  if (known) return known
  const { definitions } = parse(source)
  parsed.set(source, definitions)
  return definitions
}

function encloses(node: { readonly loc?: Location | undefined }, at: Location): boolean {
  return node.loc !== undefined && node.loc.start <= at.start && at.end <= node.loc.end
}

/**
 * The schema coordinate of the definition at a place of an SDL: `Type.field`, `Type`, `@directive`, else
 * null.
 */
export function coordinateAt(at: Location): string | null {
  const definition = definitionsOf(at.source).find((node) => encloses(node, at))
  if (!definition || !('name' in definition) || !definition.name) return null
  const owner = definition.name.value
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) return `@${owner}`
  const members =
    'fields' in definition ? definition.fields : 'values' in definition ? definition.values : undefined
  const member = members?.find((node) => encloses(node, at))
  return member ? `${owner}.${member.name.value}` : owner
}
