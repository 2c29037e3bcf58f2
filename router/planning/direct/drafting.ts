import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import type { Operation } from '../../operation/operation.ts'
import type { Conditions } from '../conditions.ts'
import { responseNameOf } from '../data-keys.ts'
import { writeField } from '../write-operation.ts'
import { chosenOwner } from './chosen-owner.ts'
import { type Draft, newSelection } from './draft.ts'
import { NotDirect } from './not-direct.ts'
import type { FieldSet, OwnedField, OwnedType, Owner } from './ownership.ts'
import { belowField, newPlace, type Place, typed } from './place.ts'
import type { Hop, Routes } from './routes.ts'
import {
  addVariables,
  conditionOf,
  eachField,
  isResolvedForAll,
  isSelected,
  providedBelow,
  type Reading,
  selectionsOf,
} from './selections.ts'

/** So many fields may be added to drafts, 3 µs each: a field of an interface can become one for each of its types. */
const FIELDS = 2_000
/** So deep may requirements require others: cycles of them are left to planners. */
const REQUIREMENTS = 8

type Drafting = Reading & {
  readonly routes: Routes
  readonly drafts: Draft[]
  /** The drafts that bring something of what is being drafted for a requirement; null: nothing is. */
  bringing: Set<Draft> | null
  requirements: number
  fields: number
}

/**
 * The requests of an operation, each after those that it needs. A field is taken from the subgraph that brings its object
 * where that resolves it, else from the one that does, by the first key of it that is at hand.
 * @param operation in normal form.
 * @param root the name of its root type.
 * @throws NotDirect where there is something to weigh, or something that planners know better.
 */
export function draftsOf(
  { definition }: Operation,
  root: string,
  { ownership, routes }: Pick<Drafting, 'ownership' | 'routes'>,
  conditions: Conditions | null,
): readonly Draft[] {
  const drafting: Drafting = {
    ...{ ownership, routes, conditions, drafts: [] },
    ...{ bringing: null, requirements: 0, fields: 0 },
  }
  const { operation: kind, selectionSet } = definition
  if (kind === 'subscription') throw new NotDirect('subscriptions are not planned')
  const type = ownership.type(root)
  const nodes: FieldNode[] = []
  eachField(selectionSet.selections, type, drafting, (node) => nodes.push(node))
  if (kind === 'mutation' && nodes.length > 1) throw new NotDirect('mutations are done one after the other')
  const places = new Map<string, Place>()
  const rootIn = (subgraph: string): Place => {
    const known = places.get(subgraph)
    if (known) return known
    const draft = newDraft(drafting, { subgraph, after: new Set(), of: { kind } })
    const made = newPlace({ draft, selection: draft.selection, path: [] })
    places.set(subgraph, made)
    return made
  }
  const isRoot = (subgraph: string) => places.has(subgraph)
  for (const node of nodes) {
    const field = type.field(node.name.value)
    const [subgraph, owner] = chosenOwner(field, node, isRoot, () => true, drafting)
    if (owner.requires) throw new NotDirect('a root field requires something')
    addField(drafting, node, field, owner, rootIn(subgraph))
  }
  return drafting.drafts
}

function newDraft(drafting: Drafting, part: Omit<Draft, 'selection' | 'variables' | 'isTyped'>): Draft {
  const draft: Draft = { ...part, selection: newSelection(), variables: [], isTyped: false }
  drafting.drafts.push(draft)
  return draft
}

function draftSelections(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  type: OwnedType,
  place: Place,
): void {
  if (type.isAbstract) draftAbstract(drafting, selections, type, place)
  else draftObject(drafting, selections, type, place)
}

function draftObject(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  type: OwnedType,
  place: Place,
): void {
  const open: FieldNode[] = []
  const { subgraph: here } = place.draft
  eachField(selections, type, drafting, (node) => {
    const name = node.name.value
    if (name === '__typename') {
      place.selection.typename = true
      return
    }
    const field = type.field(name)
    const owner = field.owners.get(here)
    const provided =
      place.provided.length > 0 ? providedBelow(place.provided, type, name, drafting.ownership) : null
    if (provided) addField(drafting, node, field, owner ?? null, place, provided)
    else if (owner && !owner.requires) addField(drafting, node, field, owner, place)
    else open.push(node)
  })
  // Where there is a choice, one that is asked anyway is taken.
  const choices = (node: FieldNode) => type.field(node.name.value).owners.size
  if (open.length > 1) open.sort((one, other) => choices(one) - choices(other))
  const wayTo = (subgraph: string) => drafting.routes.between(type, here, subgraph)
  const isReached = (subgraph: string) => wayTo(subgraph) !== null
  const isAsked = (subgraph: string) => place.hops?.has(subgraph) === true
  for (const node of open) {
    const field = type.field(node.name.value)
    const [subgraph, owner] = chosenOwner(field, node, isAsked, isReached, drafting)
    addField(drafting, node, field, owner, hopBy(drafting, type, place, wayTo(subgraph), owner.requires))
  }
}

/** What the subgraph resolves for whatever object of the place is asked for as it is, all else type by type. */
function draftAbstract(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  type: OwnedType,
  place: Place,
): void {
  const { subgraph } = place.draft
  const { ownership, conditions } = drafting
  for (const selection of selections) {
    if (!isSelected(selection, conditions)) continue
    const isField = selection.kind === Kind.FIELD
    const condition = isField ? type : ownership.type(conditionOf(selection))
    if (isField && selection.name.value === '__typename') place.selection.typename = true
    else if (isField && isResolvedForAll(selection.name.value, type, subgraph, ownership)) {
      const field = type.field(selection.name.value)
      addField(drafting, selection, field, field.owners.get(subgraph) ?? null, place)
    } else if (condition === type && !isField) draftAbstract(drafting, selectionsOf(selection), type, place)
    else {
      const below = isField ? [selection] : selectionsOf(selection)
      for (const name of type.membersIn(subgraph)) {
        spend(drafting)
        const member = ownership.type(name)
        if (condition.covers(name)) draftObject(drafting, below, member, typed(place, name))
      }
    }
  }
}

/** Counts what takes time on the event loop. */
function spend(drafting: Drafting): void {
  if (drafting.fields++ > FIELDS) throw new NotDirect(`it selects more than ${FIELDS} fields, type by type`)
}

/** Adds a field where its subgraph resolves it. */
function addField(
  drafting: Drafting,
  node: FieldNode,
  field: OwnedField,
  owner: Owner | null,
  place: Place,
  provided: readonly SelectionNode[] = NOTHING,
): void {
  spend(drafting)
  const key = responseNameOf(node)
  const { fields } = place.selection
  let known = fields.get(key)
  if (!known) {
    const below = field.isLeaf ? null : newSelection()
    known = { text: writeField(node), shape: owner?.shape ?? field.shape, below }
    fields.set(key, known)
    for (const { value } of node.arguments ?? []) addVariables(value, place.draft.variables)
  }
  drafting.bringing?.add(place.draft)
  if (!known.below) return
  const provides = owner?.provides ? [...owner.provides.selections, ...provided] : provided
  const below = belowField(place, key, field, known.below, provides)
  draftSelections(drafting, selectionsOf(node), drafting.ownership.type(field.type), below)
}

const NOTHING: readonly SelectionNode[] = []

/** The place of the same objects in requests to a subgraph, by way of others, once what it needs of them is there. */
function hopBy(
  drafting: Drafting,
  type: OwnedType,
  place: Place,
  way: readonly Hop[] | null,
  requires: FieldSet | null,
): Place {
  let at = place
  for (const hop of way ?? []) {
    const required = hop === way?.at(-1) ? requires : null
    const name = required ? `${hop.subgraph} ${required.text}` : hop.subgraph
    const known = place.hops?.get(name)
    at = known ?? newHop(drafting, type, place, at, hop, required)
    place.hops ??= new Map()
    if (!known) place.hops.set(name, at)
  }
  return at
}

function newHop(
  drafting: Drafting,
  type: OwnedType,
  origin: Place,
  at: Place,
  { subgraph, key }: Hop,
  requires: FieldSet | null,
): Place {
  draftObject(drafting, key.selections, type, at)
  at.selection.typename = true
  const after = requires ? draftsBringing(drafting, requires, type, origin) : new Set<Draft>()
  after.add(at.draft)
  const { path } = origin
  const required = drafting.routes.required(type, key, requires)
  const of = { kind: 'entities' as const, type: type.name, path, requires: required }
  const draft = newDraft(drafting, { subgraph, after, of })
  return newPlace({ draft, selection: draft.selection, path })
}

/** The drafts that bring what a field requires, which is drafted like what a client asks for. */
function draftsBringing(drafting: Drafting, requires: FieldSet, type: OwnedType, place: Place): Set<Draft> {
  if (drafting.requirements >= REQUIREMENTS) throw new NotDirect('requirements require each other')
  const before = drafting.bringing
  const found = new Set<Draft>()
  drafting.bringing = found
  drafting.requirements++
  draftObject(drafting, requires.selections, type, place)
  drafting.requirements--
  drafting.bringing = before
  for (const one of found) before?.add(one)
  return found
}
