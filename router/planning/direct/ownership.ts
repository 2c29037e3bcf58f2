import {
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  type SelectionNode,
} from 'graphql'
import { NotDirect } from './not-direct.ts'

/** A selection that a directive of Federation names: a key, what a field requires, what it provides. */
export type FieldSet = { readonly text: string; readonly selections: readonly SelectionNode[] }

/** How a subgraph resolves a field. */
export type Owner = {
  readonly requires: FieldSet | null
  readonly provides: FieldSet | null
  readonly shape: Shape
}

/** What of a field's type must be the same where two objects of one place have the field (5.3.2, SameResponseShape). */
type Shape = string

export type OwnedField = {
  /** The name of its type. */
  readonly type: string
  readonly isLeaf: boolean
  /** How many lists stand around it. */
  readonly lists: number
  /** Where no subgraph says otherwise. */
  readonly shape: Shape
  /** By subgraph; those that resolve it. */
  readonly owners: ReadonlyMap<string, Owner>
  /** Of the owners, where there is one. */
  readonly only: readonly [string, Owner] | null
}

/** What the subgraphs know of an object type, an interface or a union, told by the `join__` directives of a supergraph. */
export type OwnedType = {
  readonly name: string
  readonly isAbstract: boolean
  /** By subgraph; those by which it resolves the type's entities. */
  readonly keys: ReadonlyMap<string, readonly FieldSet[]>
  /** @throws NotDirect where who resolves the field is not told by its name alone. */
  field(name: string): OwnedField
  /** The object types that an object of the type can be of in a subgraph. */
  membersIn(subgraph: string): readonly string[]
  /** Whether an object of that type is of this one. */
  covers(objectType: string): boolean
}

/** Which subgraph resolves what. */
export type Ownership = {
  /** @throws NotDirect where a subgraph has the type, or an interface of it, as an object (`@interfaceObject`). */
  type(name: string): OwnedType
}

/** https://specs.apollo.dev/join/v0.5; read type by type, when an operation first meets it. */
export function ownershipOf(supergraphSchema: GraphQLSchema): Ownership {
  const graphs = graphNames(supergraphSchema)
  const types = new Map<string, OwnedType | NotDirect>()
  const ownership: Ownership = {
    type(name) {
      let known = types.get(name)
      if (!known) {
        known = readType(name, supergraphSchema, graphs)
        types.set(name, known)
      }
      if (known instanceof NotDirect) throw known
      return known
    },
  }
  return ownership
}

/** The names of subgraphs by those of the supergraph's enum. */
function graphNames(schema: GraphQLSchema): ReadonlyMap<unknown, string> {
  const graphs = schema.getType('join__Graph')
  const values = isEnumType(graphs) ? graphs.getValues() : []
  return new Map(
    values.map(({ name, astNode }) => {
      const [graph] = joined(astNode, 'graph')
      return [name, String(graph?.name ?? name)]
    }),
  )
}

type Arguments = Readonly<Record<string, unknown>>
type WithDirectives = { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined

/** The arguments of each `join__` directive of that name. */
function joined(node: WithDirectives, name: string): readonly Arguments[] {
  const directives = node?.directives?.filter((directive) => directive.name.value === `join__${name}`) ?? []
  return directives.map(({ arguments: args = [] }) =>
    Object.fromEntries(
      args.map(({ name: { value }, value: given }) => [value, 'value' in given ? given.value : given]),
    ),
  )
}

function readType(
  name: string,
  schema: GraphQLSchema,
  graphs: ReadonlyMap<unknown, string>,
): OwnedType | NotDirect {
  const type = schema.getType(name)
  if (!type || !(isObjectType(type) || isAbstractType(type))) throw new Error(`${name} has no fields`)
  const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : []
  const asObject = [type, ...interfaces].find(({ astNode }) =>
    joined(astNode, 'type').some(({ isInterfaceObject }) => isInterfaceObject === true),
  )
  if (asObject) return new NotDirect(`a subgraph has the interface ${asObject.name} as an object`)
  const joinedTypes = joined(type.astNode, 'type')
  const keys = new Map<string, FieldSet[]>()
  for (const { graph, key, resolvable } of joinedTypes) {
    if (typeof key !== 'string' || resolvable === false) continue
    const subgraph = graphs.get(graph) ?? ''
    keys.set(subgraph, [...(keys.get(subgraph) ?? []), fieldSet(key)])
  }
  const everywhere = joinedTypes.map(({ graph }) => graphs.get(graph) ?? '')
  const fields = new Map<string, OwnedField | NotDirect>()
  const members = new Map<string, readonly string[]>()
  return {
    name,
    isAbstract: isAbstractType(type),
    keys,
    field(fieldName) {
      let known = fields.get(fieldName)
      if (!known) {
        known = readField(type, fieldName, everywhere, graphs)
        fields.set(fieldName, known)
      }
      if (known instanceof NotDirect) throw known
      return known
    },
    membersIn(subgraph) {
      let known = members.get(subgraph)
      if (!known) {
        known = membersOf(type, subgraph, schema, graphs)
        members.set(subgraph, known)
      }
      return known
    },
    covers(objectType) {
      const object = schema.getType(objectType)
      return (
        object === type || (isAbstractType(type) && isObjectType(object) && schema.isSubType(type, object))
      )
    },
  }
}

function readField(
  type: GraphQLNamedType,
  name: string,
  everywhere: readonly string[],
  graphs: ReadonlyMap<unknown, string>,
): OwnedField | NotDirect {
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
  if (!field) throw new Error(`${type.name} has no field ${name}`)
  const named = getNamedType(field.type)
  const isLeaf = isLeafType(named)
  const written = String(field.type)
  const shapeOf = (text: string) => (isLeaf ? text : text.replace(/\w+/, ''))
  const owners = new Map<string, Owner>()
  const directives = joined(field.astNode, 'field')
  const shape = shapeOf(written)
  if (directives.length === 0)
    for (const subgraph of everywhere) owners.set(subgraph, { requires: null, provides: null, shape })
  for (const { graph, requires, provides, type: own = written, ...details } of directives) {
    if (graph === undefined || details.overrideLabel !== undefined || details.contextArguments !== undefined)
      return new NotDirect(`who resolves ${type.name}.${name} depends on the request or the object`)
    if (!isLeaf && /\w+/.exec(String(own))?.[0] !== named.name)
      return new NotDirect(`subgraphs differ in the type of ${type.name}.${name}`)
    if (details.external === true || details.usedOverridden === true) continue
    owners.set(graphs.get(graph) ?? '', {
      requires: typeof requires === 'string' ? fieldSet(requires) : null,
      provides: typeof provides === 'string' ? fieldSet(provides) : null,
      shape: shapeOf(String(own)),
    })
  }
  const [first = null, second] = owners
  const only = second ? null : first
  return { type: named.name, isLeaf, lists: written.split('[').length - 1, shape, owners, only }
}

function membersOf(
  type: GraphQLNamedType,
  subgraph: string,
  schema: GraphQLSchema,
  graphs: ReadonlyMap<unknown, string>,
): readonly string[] {
  if (!isAbstractType(type)) return [type.name]
  if (isUnionType(type)) {
    const members = joined(type.astNode, 'unionMember')
    return members.filter(({ graph }) => graphs.get(graph) === subgraph).map(({ member }) => String(member))
  }
  const implementing = schema
    .getPossibleTypes(type)
    .filter(({ astNode }) =>
      joined(astNode, 'implements').some(
        (one) => graphs.get(one.graph) === subgraph && one.interface === type.name,
      ),
    )
  return implementing.map(({ name }) => name)
}

function fieldSet(text: string): FieldSet {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${text} is no selection`)
  return { text, selections: definition.selectionSet.selections }
}
