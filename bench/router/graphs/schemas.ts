import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
} from 'graphql'
import type { Entity, Graph, SubgraphModel } from './graph.ts'

/** Federation's additions to a subgraph's schema (Apollo's subgraph specification). */
const SERVICE = `
  scalar _Any
  type _Service { sdl: String! }
  extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
`

/** A subgraph's schema, executable over `subgraphRoot`. */
export function subgraphSchema({ sdl }: SubgraphModel): GraphQLSchema {
  const types = objectTypes(parse(sdl))
  const entities = types.filter(({ directives }) => has(directives, 'key')).map(({ name }) => name.value)
  const service = entities.length === 0 ? SERVICE.replace(/_entities.*]!/, '') : SERVICE
  const union = entities.length === 0 ? '' : `union _Entity = ${entities.join(' | ')}`
  const added = parse(`${service}\n${union}`)
  return buildASTSchema({
    kind: Kind.DOCUMENT,
    definitions: [
      ...merged([...types, ...objectTypes(added)]),
      ...added.definitions.filter(
        ({ kind }) => kind === 'ScalarTypeDefinition' || kind === 'UnionTypeDefinition',
      ),
    ],
  })
}

/** The whole graph as one plain schema: the schema for clients, with which expected answers are computed. */
export function wholeSchema({ subgraphs }: Graph): GraphQLSchema {
  const types = subgraphs.flatMap(({ sdl }) => objectTypes(parse(sdl)))
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: merged(types) })
}

/**
 * The root value of a subgraph. An entity has its data, with the fields of its representation as own
 * properties.
 */
export function subgraphRoot(graph: Graph, { root, sdl }: SubgraphModel): Readonly<Record<string, unknown>> {
  const entityOf = (representation: Readonly<Record<string, unknown>>): Entity | null => {
    const entity = graph.entities[String(representation.__typename)]?.get(String(representation.id))
    return entity ? Object.assign(Object.create(entity), representation) : null
  }
  return {
    ...root,
    _service: { sdl },
    _entities: (args: { representations: readonly Readonly<Record<string, unknown>>[] }) =>
      args.representations.map(entityOf),
  }
}

/** The root value of the whole graph. */
export function wholeRoot({ subgraphs }: Graph): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...subgraphs.map(({ root }) => root))
}

/** Object types, extensions as definitions. */
function objectTypes({ definitions }: DocumentNode): ObjectTypeDefinitionNode[] {
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION
      ? [{ ...definition, kind: Kind.OBJECT_TYPE_DEFINITION as const }]
      : [],
  )
}

/**
 * One definition per type and one field per name, without directives, from where the field is not external.
 */
function merged(types: readonly ObjectTypeDefinitionNode[]): ObjectTypeDefinitionNode[] {
  const byName = new Map<
    string,
    { type: ObjectTypeDefinitionNode; fields: Map<string, FieldDefinitionNode> }
  >()
  for (const type of types) {
    const known = byName.get(type.name.value) ?? { type, fields: new Map() }
    byName.set(type.name.value, known)
    for (const field of type.fields ?? []) {
      const isExternal = has(field.directives, 'external')
      if (isExternal && known.fields.has(field.name.value)) continue
      known.fields.set(field.name.value, { ...field, directives: [] })
    }
  }
  return [...byName.values()].map(({ type, fields }) => ({
    ...type,
    directives: [],
    fields: [...fields.values()],
  }))
}

function has(directives: readonly ConstDirectiveNode[] | undefined, name: string): boolean {
  return directives?.some((directive) => directive.name.value === name) ?? false
}
