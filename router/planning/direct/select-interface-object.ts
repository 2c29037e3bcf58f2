import type { SelectionNode } from 'graphql'
import { PLACEHOLDER } from '../../operation/normalize/normalize.ts'
import { responseNameOf } from '../../operation/response-keys.ts'
import type { Drafting } from './drafting.ts'
import type { OwnedType } from './owned-type.ts'
import { NO_NEED, reach } from './reach.ts'
import { eachForAll, isSelectedElsewhere, ownedBy, selectAbstract } from './select-abstract.ts'
import { addAll, askingHere } from './select-object.ts'
import { isResolvedBy, selectionsOf } from './selections.ts'
import type { Place, Site } from './site.ts'
import { Unplannable } from './unplannable.ts'
import { type Way, waysTo } from './ways.ts'

/**
 * Drafts what is selected of objects of an interface that come from a subgraph which has it as an object, and does not know
 * their types: a subgraph that does is asked before anything that depends on these.
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
  eachForAll(drafting, selections, type, type.members, (node, selection) => {
    if (node === PLACEHOLDER) {
      place.selection.typename = true
      return
    }
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
  if (rest.length > 0) selectAbstract(drafting, rest, site, typedPlace(drafting, rest, site, type))
}

/** The objects in a request to a subgraph that knows their types. */
function typedPlace(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  type: OwnedType,
): Place {
  const names = new Set<string>()
  eachForAll(drafting, selections, type, type.members, (node) => {
    if (node) names.add(node.name.value)
  })
  const tellers: { readonly subgraph: string; readonly way: Way; readonly resolved: number }[] = []
  for (const subgraph of type.entries.keys()) {
    if (type.asObject.has(subgraph)) continue
    const [way] = waysTo(drafting, site, subgraph, false)
    const isOwn = (name: string) => type.has(name) && isResolvedBy(subgraph, name, type, drafting.ownership)
    if (way) tellers.push({ subgraph, way, resolved: [...names].filter(isOwn).length })
  }
  const [first, ...others] = tellers.sort(
    (one, other) =>
      Number(other.way.kind === 'place') - Number(one.way.kind === 'place') ||
      one.way.level - other.way.level ||
      other.resolved - one.resolved,
  )
  if (!first) throw new Unplannable(`nothing leads to a subgraph that knows the types of ${type.name}`)
  const isFree = first.way.kind === 'place' || others.length === 0
  const { subgraph, way } = isFree ? first : drafting.choose([first, ...others])
  return reach(drafting, site, subgraph, way, NO_NEED)
}
