import type { SelectionNode } from 'graphql'
import type { PathStep, PlanPath } from '../plan.ts'
import { type Draft, newSelection, type SelectionDraft } from './draft.ts'
import type { OwnedField } from './ownership.ts'

/** Where objects are in the answer, in a draft that brings them. */
export type Place = {
  readonly draft: Draft
  readonly selection: SelectionDraft
  readonly path: PlanPath
  /** What of the objects the subgraph resolves on this way to them, though not on others (`@provides`). */
  readonly provided: readonly SelectionNode[]
  /** The same objects in drafts that bring more of them, by subgraph and requirement. */
  hops: Map<string, Place> | null
  /** By data key, and by type. null: none so far. */
  below: Map<string, Place> | null
  types: Map<string, Place> | null
}

export function newPlace(
  { draft, selection, path }: Pick<Place, 'draft' | 'selection' | 'path'>,
  provided: Place['provided'] = NOTHING,
): Place {
  return { draft, selection, path, provided, hops: null, below: null, types: null }
}

const NOTHING: Place['provided'] = []

/** The objects of one type at a place. */
export function typed(place: Place, type: string): Place {
  const known = place.types?.get(type)
  if (known) return known
  const { draft, provided } = place
  const selection = newSelection()
  place.selection.typename = true
  place.selection.types ??= new Map()
  place.selection.types.set(type, selection)
  draft.isTyped = true
  const step: PathStep = { kind: 'types', names: [type] }
  const made = newPlace({ draft, selection, path: [...place.path, step] }, provided)
  place.types ??= new Map()
  place.types.set(type, made)
  return made
}

/** The objects that a field of those at a place has. */
export function belowField(
  place: Place,
  key: string,
  { lists }: OwnedField,
  selection: SelectionDraft,
  provided: readonly SelectionNode[],
): Place {
  const known = place.below?.get(key)
  if (known) return known
  const path: PathStep[] = [...place.path, { kind: 'field', name: key }]
  for (let list = 0; list < lists; list++) path.push(EACH)
  const made = newPlace({ draft: place.draft, selection, path }, provided)
  place.below ??= new Map()
  place.below.set(key, made)
  return made
}

const EACH: PathStep = { kind: 'each' }
