import { Kind, type SelectionNode } from 'graphql'
import { FRAGMENT_TYPE, PLACEHOLDER } from '../../operation/normalize/normalize.ts'
import { responseNameOf } from '../../operation/response-keys.ts'
import { type AccessPath, accessPathsTo } from './access-paths.ts'
import type { Drafting } from './drafting.ts'
import type { OwnedType } from './owned-type.ts'
import { NO_NEED, reach } from './reach.ts'
import { eachForAll, isSelectedElsewhere, ownedBy, selectAbstract } from './select-abstract.ts'
import { addAll, askingHere } from './select-object.ts'
import { applies, conditionOf, isResolvedBy, isSelected, type Reading, selectionsOf } from './selections.ts'
import type { Place, Site } from './site.ts'
import { Unplannable } from './unplannable.ts'

/**
 * Drafts the selections of objects of an interface that come from a subgraph which has it as an object and
 * does not know their types. A subgraph that knows them is asked before anything that depends on the types.
 */
export function selectInterfaceObject(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  place: Place,
): void {
  const { type } = place
  const { ownership } = drafting
  const rest: SelectionNode[] = []
  /** Whether fragments on other types than the interface select anything. */
  const isForSome = (selection: SelectionNode): boolean => {
    if (selection.kind === Kind.FIELD || !isSelected(selection, drafting.conditions)) return false
    return conditionOf(selection) === type.name
      ? selectionsOf(selection).some(isForSome)
      : selectsAny(selection, type.members, drafting)
  }
  eachForAll(drafting, selections, type, type.members, (node, selection) => {
    if (node === PLACEHOLDER || (node === FRAGMENT_TYPE && !selections.some(isForSome))) {
      place.selection.typename = true
      return
    }
    if (!node && !selectsAny(selection, type.members, drafting)) return
    const name = node?.name.value
    if (!node || name === undefined || name === '__typename' || !type.has(name)) {
      rest.push(selection)
      return
    }
    const field = type.field(name)
    const asking = askingHere(drafting, name, field, place)
    const asked = { node, below: selectionsOf(node) }
    if (asking) addAll(drafting, responseNameOf(node), asked, field, asking, site, place)
    else {
      const isWhole = (subgraph: string) =>
        type.asObject.has(subgraph) || isResolvedBy(subgraph, name, type, ownership)
      if (!isSelectedElsewhere(drafting, node, ownedBy(field, isWhole), site)) rest.push(selection)
    }
  })
  if (rest.length > 0) selectAbstract(drafting, rest, site, typedPlace(drafting, site, type))
}

/** Whether anything is selected for objects of some types. */
function selectsAny(selection: SelectionNode, types: readonly string[], reading: Reading): boolean {
  if (!isSelected(selection, reading.conditions)) return false
  if (selection.kind === Kind.FIELD) return types.length > 0
  const { ownership } = reading
  const condition = conditionOf(selection)
  const narrowed = types.filter((name) => applies(condition, ownership.type(name), ownership))
  return narrowed.length > 0 && selectionsOf(selection).some((below) => selectsAny(below, narrowed, reading))
}

/** The objects in a request to a subgraph that knows their types. */
function typedPlace(drafting: Drafting, site: Site, type: OwnedType): Place {
  const tellers: { readonly subgraph: string; readonly access: AccessPath }[] = []
  for (const subgraph of type.entries.keys()) {
    if (type.asObject.has(subgraph)) continue
    const [access] = accessPathsTo(drafting, site, subgraph, false)
    if (access) tellers.push({ subgraph, access })
  }
  const [first, ...others] = tellers.sort(
    (one, other) =>
      Number(other.access.kind === 'place') - Number(one.access.kind === 'place') ||
      one.access.level - other.access.level,
  )
  if (!first) throw new Unplannable(`no subgraph that has the types of ${type.name} can be reached`)
  const isFree = first.access.kind === 'place' || others.length === 0
  const { subgraph, access } = isFree ? first : drafting.choose([first, ...others])
  return reach(drafting, site, subgraph, access, NO_NEED)
}
