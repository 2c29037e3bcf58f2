// Tested in ../planner.test.ts: the test checks the plan.

import {
  type ConstValueNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isUnionType,
  Kind,
} from 'graphql'
import type { ReadFieldSet } from './field-sets.ts'
import { type Arguments, type GraphNames, joined } from './join-directives.ts'
import type { ContextArgument, Entry, OwnedField, OwnedType, Owner } from './owned-type.ts'

export type Reading = {
  readonly schema: GraphQLSchema
  readonly graphs: GraphNames
  /** The labelled overrides that apply. */
  readonly labels: ReadonlySet<string>
  readonly fieldSet: ReadFieldSet
}

export function readType(name: string, reading: Reading): OwnedType {
  const { schema } = reading
  const type = schema.getType(name)
  if (!type || !(isObjectType(type) || isAbstractType(type))) throw new Error(`${name} has no fields`)
  const subgraphs = subgraphsOf(type, reading)
  const entries = entriesOf(type, reading)
  const fields = new Map<string, OwnedField>()
  const members = new Map<string, readonly string[]>()
  const own = isUnionType(type) ? new Map<string, unknown>() : new Map(Object.entries(type.getFields()))
  const written = [...entries].map(([subgraph, all]) => [
    subgraph,
    all.map(({ as, key }) => `${as === name ? '' : as} ${key.text}`),
  ])
  return {
    name,
    isAbstract: isAbstractType(type),
    isUnion: isUnionType(type),
    entries,
    asObject: objectSubgraphs(type, reading),
    has: (field) => own.has(field),
    field(fieldName) {
      let known = fields.get(fieldName)
      if (!known) {
        known = readField(type, fieldName, subgraphs, reading)
        fields.set(fieldName, known)
      }
      return known
    },
    membersIn(subgraph) {
      let known = members.get(subgraph)
      if (!known) {
        known = membersOf(type, subgraph, reading)
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
    members: isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : [name],
    profile: JSON.stringify(written),
  }
}

/** Federation 1 does not state the subgraphs of objects without keys: all subgraphs that refer to one have it. */
function subgraphsOf({ astNode }: GraphQLNamedType, { graphs }: Reading): readonly string[] {
  const types = joined(astNode, 'type')
  if (types.length === 0) return [...graphs.values()]
  return [...new Set(types.map(({ graph }) => graphs.get(graph) ?? ''))]
}

function objectSubgraphs({ astNode }: GraphQLNamedType, { graphs }: Reading): ReadonlySet<string> {
  const objects = joined(astNode, 'type').filter(({ isInterfaceObject }) => isInterfaceObject === true)
  return new Set(objects.map(({ graph }) => graphs.get(graph) ?? ''))
}

const NOWHERE: ReadonlySet<string> = new Set()

/** By the type's own keys, and by those of its interfaces in subgraphs that have these as objects. */
function entriesOf(type: GraphQLNamedType, reading: Reading): OwnedType['entries'] {
  const entries = new Map<string, Entry[]>()
  const add = (of: GraphQLNamedType, isWanted: (joinedType: Arguments) => boolean) => {
    for (const one of joined(of.astNode, 'type')) {
      const { graph, key, resolvable } = one
      if (typeof key !== 'string' || resolvable === false || !isWanted(one)) continue
      const subgraph = reading.graphs.get(graph) ?? ''
      const known = entries.get(subgraph) ?? []
      known.push({ as: of.name, key: reading.fieldSet(key, of.name) })
      entries.set(subgraph, known)
    }
  }
  add(type, () => true)
  if (isObjectType(type))
    for (const one of type.getInterfaces()) add(one, ({ isInterfaceObject }) => isInterfaceObject === true)
  return entries
}

function readField(
  type: GraphQLNamedType,
  name: string,
  subgraphs: readonly string[],
  reading: Reading,
): OwnedField {
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
  if (!field) throw new Error(`${type.name} has no field ${name}`)
  const named = getNamedType(field.type)
  const isLeaf = isLeafType(named)
  const written = String(field.type)
  const shapeOf = (text: string) => (isLeaf ? text : text.replace(/\w+/, ''))
  const shape = shapeOf(written)
  const owners = new Map<string, Owner>()
  const directives = joined(field.astNode, 'field')
  if (directives.length === 0) {
    const plain = { requires: null, provides: null, shape, type: named.name, contexts: [] }
    for (const subgraph of subgraphs) owners.set(subgraph, plain)
  }
  for (const details of directives) {
    if (details.graph !== undefined && isOwned(details, reading)) {
      const own = String(details.type ?? written)
      owners.set(
        reading.graphs.get(details.graph) ?? '',
        ownerOf(details, type, own, named, shapeOf(own), reading),
      )
    }
  }
  addObjectOwners(type, name, owners, reading)
  if (joined(type.astNode, 'owner').length > 0) addKeyOwners(type, name, owners, shape, named, reading)
  const lists = written.split('[').length - 1
  const found = { name, type: named.name, isLeaf, lists, shape, owners }
  return { ...found, profile: profileOf(found) }
}

/** In Federation 1, every subgraph with a key that contains a field resolves it; only the type's owner is stated. */
function addKeyOwners(
  type: GraphQLNamedType,
  name: string,
  owners: Map<string, Owner>,
  shape: string,
  named: GraphQLNamedType,
  { graphs, fieldSet }: Reading,
): void {
  for (const { graph, key } of joined(type.astNode, 'type')) {
    const subgraph = graphs.get(graph) ?? ''
    const fields = typeof key === 'string' ? fieldSet(key, type.name).required : []
    if (!owners.has(subgraph) && fields.some((field) => field.kind === 'field' && field.as === name))
      owners.set(subgraph, { requires: null, provides: null, shape, type: named.name, contexts: [] })
  }
}

/** Subgraphs that have an interface as an object resolve its fields for objects of all of its types too. */
function addObjectOwners(
  type: GraphQLNamedType,
  name: string,
  owners: Map<string, Owner>,
  reading: Reading,
): void {
  const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : []
  for (const one of interfaces) {
    const objects = one.getFields()[name] ? objectSubgraphs(one, reading) : NOWHERE
    if (objects.size === 0) continue
    for (const [subgraph, owner] of readField(one, name, subgraphsOf(one, reading), reading).owners)
      if (objects.has(subgraph)) owners.set(subgraph, owner)
  }
}

function isOwned(
  { external, usedOverridden, overrideLabel, override }: Arguments,
  { labels }: Reading,
): boolean {
  if (external === true) return false
  // An overridden field of an interface is still stated for its former subgraph. With a label, that subgraph
  // may still resolve it.
  if (typeof overrideLabel !== 'string') return usedOverridden !== true
  return labels.has(overrideLabel) === (typeof override === 'string')
}

function ownerOf(
  { requires, provides, contextArguments }: Arguments,
  type: GraphQLNamedType,
  written: string,
  named: GraphQLNamedType,
  shape: string,
  { fieldSet, schema }: Reading,
): Owner {
  const own = /\w+/.exec(written)?.[0] ?? named.name
  return {
    requires: typeof requires === 'string' ? fieldSet(requires, type.name) : null,
    provides: typeof provides === 'string' ? fieldSet(provides, own) : null,
    shape,
    type: schema.getType(own) ? own : named.name,
    contexts: contextsOf(contextArguments, fieldSet),
  }
}

function contextsOf(given: unknown, fieldSet: ReadFieldSet): readonly ContextArgument[] {
  // `argumentsOf` returns lists as nodes.
  const list = given as ConstValueNode | undefined
  if (list?.kind !== Kind.LIST) return []
  return list.values.flatMap((value) => {
    if (value.kind !== Kind.OBJECT) return []
    const text = (wanted: string) => {
      const found = value.fields.find(({ name }) => name.value === wanted)?.value
      return found?.kind === Kind.STRING ? found.value : ''
    }
    return [
      {
        context: text('context'),
        name: text('name'),
        type: text('type'),
        value: fieldSet(text('selection'), ''),
      },
    ]
  })
}

function profileOf({ type, isLeaf, lists, shape, owners }: Omit<OwnedField, 'profile'>): string {
  const written = [...owners].map(([subgraph, owner]) => [
    ...[subgraph, owner.requires?.text, owner.provides?.text, owner.shape, owner.type],
    owner.contexts.map(({ context, name, value }) => `${context} ${name} ${value.text}`),
  ])
  return JSON.stringify([type, isLeaf, lists, shape, written])
}

/** If no subgraph is stated for the members, as in unions before join v0.3, all are in all subgraphs. */
function membersOf(type: GraphQLNamedType, subgraph: string, { schema, graphs }: Reading): readonly string[] {
  if (!isAbstractType(type)) return [type.name]
  const all = schema.getPossibleTypes(type)
  if (isUnionType(type)) {
    const members = joined(type.astNode, 'unionMember')
    if (members.length === 0) return all.map(({ name }) => name)
    return members.filter(({ graph }) => graphs.get(graph) === subgraph).map(({ member }) => String(member))
  }
  const implemented = all.map(({ name, astNode }) => {
    const ofInterface = joined(astNode, 'implements').filter((one) => one.interface === type.name)
    return { name, subgraphs: ofInterface.map(({ graph }) => graphs.get(graph)) }
  })
  const isStated = implemented.some(({ subgraphs }) => subgraphs.length > 0)
  return implemented
    .filter(({ subgraphs }) => !isStated || subgraphs.includes(subgraph))
    .map(({ name }) => name)
}
