// Tested in ../planner.test.ts: the test checks the plan.

import type { SelectionNode } from 'graphql'
import type { Conditions } from '../../operation/conditions.ts'
import type { Operation } from '../../operation/operation.ts'
import { addField, plainly } from './add-field.ts'
import { chooseOwner } from './choose-owner.ts'
import type { Draft } from './draft.ts'
import { type Drafting, newDraft, type PlanningContext } from './drafting.ts'
import type { Choose, Cost } from './search.ts'
import { selectAbstract } from './select-abstract.ts'
import { selectInterfaceObject } from './select-interface-object.ts'
import { selectObject } from './select-object.ts'
import { selectedFieldsOf } from './selections.ts'
import { newSite, type Place, type Site } from './site.ts'
import { Unplannable } from './unplannable.ts'

/**
 * The requests of an operation, each after those that it needs. A field is fetched by the request for its
 * object if that subgraph resolves it, otherwise from a subgraph that does.
 * @param operation in normal form.
 * @throws Unplannable
 */
export function draftsOf(
  { definition }: Operation,
  terrain: PlanningContext,
  conditions: Conditions | null,
  choose: Choose,
  limit: Cost | null,
): Drafting {
  const { operation: kind, selectionSet, variableDefinitions = [] } = definition
  if (kind === 'subscription') throw new Unplannable('subscriptions are not planned')
  const drafting: Drafting = {
    ...terrain,
    operation: kind,
    ...{ conditions, drafts: [], choose, limit, requests: new Set<string>(), depth: 0 },
    ...{ bringing: null, isForKey: false, requirements: [], unresolved: new Map(), spent: 0 },
    variables: new Set(variableDefinitions.map(({ variable }) => variable.name.value)),
    select,
  }
  const root = terrain.roots[kind]
  if (root === null) throw new Error(`the supergraph has no ${kind} root`)
  const type = terrain.ownership.type(root)
  if (kind === 'query')
    selectObject(drafting, selectionSet.selections, newSite({ type, path: [], up: null }), null)
  else draftMutations(drafting, selectionSet.selections, newSite({ type, path: [], up: null }))
  return drafting
}

const NOTHING: readonly never[] = []

const select: Drafting['select'] = (drafting, selections, site, place) => {
  const type = place?.type ?? site.type
  if (!type.isAbstract || !place) selectObject(drafting, selections, site, place)
  else if (type.asObject.has(place.draft.subgraph)) selectInterfaceObject(drafting, selections, site, place)
  else selectAbstract(drafting, selections, site, place)
}

/**
 * A mutation's fields run one after another, each with everything below it. Consecutive fields of one
 * subgraph share a request as long as the first needs nothing else.
 */
function draftMutations(drafting: Drafting, selections: readonly SelectionNode[], site: Site): void {
  const { drafts } = drafting
  let place: Place | null = null
  for (const [key, asked] of selectedFieldsOf(selections, site.type, drafting)) {
    if (asked.node.name.value === '__typename') continue
    const field = site.type.field(asked.node.name.value)
    const { subgraph, owner } = chooseOwner(drafting, asked, field, site, NOTHING, 0)
    const isOpen: boolean =
      place !== null && drafts.at(-1) === place.draft && place.draft.subgraph === subgraph
    if (!isOpen || !place) place = mutationPlace(drafting, site, subgraph)
    const added = addField(drafting, key, asked.node, field, plainly(owner), site, place)
    if (added) drafting.select(drafting, asked.below, added.site, added.place)
  }
}

/** A request after all requests drafted so far. */
function mutationPlace(drafting: Drafting, site: Site, subgraph: string): Place {
  const after = lastOf(drafting.drafts)
  const draft = newDraft(drafting, { subgraph, after, of: { kind: 'mutation', path: [] } })
  return { draft, selection: draft.selection, type: site.type, provided: [] }
}

/** The drafts for which no other draft waits. */
function lastOf(drafts: readonly Draft[]): ReadonlySet<Draft> {
  const last = new Set(drafts)
  for (const { after } of drafts) for (const before of after) last.delete(before)
  return last
}
