import { Kind, type SelectionNode } from 'graphql'
import { type AccessPath, accessPathsTo } from './access-paths.ts'
import type { Drafting } from './drafting.ts'
import type { OwnedField, OwnedType, Owner } from './owned-type.ts'
import {
  conditionOf,
  isResolvedBy,
  isSelected,
  type Reading,
  type SelectedField,
  selectionsOf,
} from './selections.ts'
import type { Site } from './site.ts'
import { Unplannable } from './unplannable.ts'

/** A subgraph that can be asked for a field. */
export type Candidate = {
  readonly subgraph: string
  readonly owner: Owner
  readonly access: AccessPath
  /** Whether it is asked for these objects in any case. */
  readonly isAsked: boolean
  /** Whether it resolves all selections of the field by itself. */
  readonly isWhole: boolean
  /** The number of fields without an owner yet that it resolves, including this one. */
  readonly further: number
}

/**
 * Chooses the owner of a field and the access path to it. An owner that is requested in any case costs nothing, if
 * that request is no later than any other; otherwise there is a choice.
 * @param open the fields without an owner yet, from this index on.
 * @throws Unplannable if there is none.
 */
export function chooseOwner(
  drafting: Drafting,
  asked: SelectedField,
  field: OwnedField,
  site: Site,
  open: readonly { readonly field: OwnedField }[],
  from: number,
): Candidate {
  const only = field.owners.size === 1 ? onlyCandidate(drafting, field, site) : null
  if (only) return only
  const candidates = candidatesFor(drafting, asked, field, site, open, from)
  const [first, second] = candidates
  if (!first)
    throw new Unplannable(`no subgraph that resolves ${site.type.name}.${field.name} can be reached`)
  if (!second) return first
  if (drafting.isForKey)
    return candidates.reduce((one, other) => (other.access.level < one.access.level ? other : one))
  const sorted = [...candidates].sort(
    (one, other) =>
      Number(isBurdened(one)) - Number(isBurdened(other)) ||
      Number(other.isAsked) - Number(one.isAsked) ||
      one.access.level - other.access.level ||
      other.further - one.further,
  )
  const [best = first] = sorted
  const isFree = best.isAsked && !isBurdened(best)
  if (isFree && sorted.every(({ access }) => access.level >= best.access.level)) return best
  return drafting.choose(sorted)
}

/** The only possible owner, if there is only one access path to it; null otherwise. */
function onlyCandidate(drafting: Drafting, field: OwnedField, site: Site): Candidate | null {
  for (const [subgraph, owner] of field.owners) {
    const paths = accessPathsTo(
      drafting,
      site,
      subgraph,
      owner.requires !== null || owner.contexts.length > 0,
    )
    const [access] = paths
    if (access && paths.length === 1)
      return { subgraph, owner, access, isAsked: access.kind === 'place', isWhole: true, further: 0 }
  }
  return null
}

/** Whether something else is needed before or after it. */
function isBurdened({ owner, isWhole }: Candidate): boolean {
  return owner.requires !== null || owner.contexts.length > 0 || !isWhole
}

function candidatesFor(
  drafting: Drafting,
  asked: SelectedField,
  field: OwnedField,
  site: Site,
  open: readonly { readonly field: OwnedField }[],
  from: number,
): readonly Candidate[] {
  const candidates: Candidate[] = []
  const isOnly = field.owners.size === 1
  for (const [subgraph, owner] of field.owners) {
    const isApart = owner.requires !== null || owner.contexts.length > 0
    const paths = accessPathsTo(drafting, site, subgraph, isApart)
    if (paths.length === 0) continue
    const isWhole = isOnly || field.isLeaf || resolvesBelow(subgraph, owner.type, asked.below, drafting)
    let further = 0
    if (!isOnly)
      for (let at = from; at < open.length; at++) if (open[at]?.field.owners.has(subgraph)) further++
    for (const access of paths)
      candidates.push({ subgraph, owner, access, isAsked: access.kind === 'place', isWhole, further })
  }
  return candidates
}

/** Whether a subgraph resolves all selections of objects of a type by itself. */
function resolvesBelow(
  subgraph: string,
  typeName: string,
  selections: readonly SelectionNode[],
  reading: Reading,
): boolean {
  const { ownership, conditions } = reading
  const type = ownership.type(typeName)
  return selections.every((selection) => {
    if (!isSelected(selection, conditions)) return true
    if (selection.kind !== Kind.FIELD) return resolvesFragment(subgraph, selection, type, reading)
    const { value: name } = selection.name
    if (name === '__typename') return !type.asObject.has(subgraph)
    if (!type.has(name)) return true
    if (!isResolvedBy(subgraph, name, type, ownership)) return false
    const field = type.field(name)
    const below = field.owners.get(subgraph)?.type ?? field.type
    return field.isLeaf || resolvesBelow(subgraph, below, selectionsOf(selection), reading)
  })
}

function resolvesFragment(
  subgraph: string,
  fragment: SelectionNode,
  type: OwnedType,
  reading: Reading,
): boolean {
  const condition = conditionOf(fragment)
  const below = selectionsOf(fragment)
  if (condition === type.name) return resolvesBelow(subgraph, condition, below, reading)
  if (type.asObject.has(subgraph)) return false
  return type
    .membersIn(subgraph)
    .filter((member) => reading.ownership.type(condition).covers(member))
    .every((member) => resolvesBelow(subgraph, member, below, reading))
}
