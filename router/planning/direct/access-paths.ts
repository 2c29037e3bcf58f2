import type { Drafting } from './drafting.ts'
import type { Entry, OwnedType } from './owned-type.ts'
import { isResolvedBy } from './selections.ts'
import { type Place, placeNamed, type Site } from './site.ts'

/** An access path to a request of a subgraph that fetches more of the objects of a site. */
export type AccessPath =
  /** A request that already fetches a part of them. */
  | { readonly kind: 'place'; readonly place: Place; readonly level: number }
  /** Fields of the query's root. */
  | { readonly kind: 'root'; readonly level: number }
  | { readonly kind: 'entities'; readonly entry: Entry; readonly level: number }
  /** By the field that leads to them, for objects above them. */
  | { readonly kind: 'above'; readonly above: AccessPath; readonly level: number }

/**
 * The access paths to a subgraph; the one with the fewest requests before it comes first.
 * @param isApart whether it must be a request for entities, because it has inputs in addition to the key.
 */
export function accessPathsTo(
  drafting: Drafting,
  site: Site,
  subgraph: string,
  isApart: boolean,
): readonly AccessPath[] {
  const { first } = site
  const place = placeNamed(site, subgraph)
  if (place && !isApart) return [{ kind: 'place', place, level: place.draft.level }]
  if (isRoot(site.type, drafting)) {
    if (isApart) return []
    return [{ kind: 'root', level: first && site.path.length > 0 ? first.draft.level + 1 : 0 }]
  }
  const paths: AccessPath[] = []
  if (first) {
    const { draft, provided } = first
    const reached = drafting.reachability.from(site.type, draft.subgraph, provided).get(subgraph)
    const steps = Math.max(reached?.steps ?? 0, 1)
    if (reached?.entry) paths.push({ kind: 'entities', entry: reached.entry, level: draft.level + steps })
  }
  const above = isApart ? null : accessAbove(drafting, site, subgraph)
  if (!above) return paths
  const [byKey] = paths
  return byKey && byKey.level <= above.level ? [byKey, above] : [above, ...paths]
}

export function isRoot({ name }: OwnedType, { roots }: Drafting): boolean {
  return name === roots.query || name === roots.mutation
}

function accessAbove(drafting: Drafting, site: Site, subgraph: string): AccessPath | null {
  const { up, type } = site
  if (!up) return null
  const { site: outer, node } = up
  let isApart = false
  if (node) {
    // A mutation must run only once.
    if (outer.type.name === drafting.roots.mutation) return null
    const name = node.name.value
    const owner = outer.type.field(name).owners.get(subgraph)
    if (owner?.type !== type.name) return null
    isApart = owner.requires !== null && owner.contexts.length === 0 && !outer.type.isAbstract
    if (!isApart && !isResolvedBy(subgraph, name, outer.type, drafting.ownership)) return null
  } else if (![type.name, ...site.alike].every((one) => outer.type.membersIn(subgraph).includes(one)))
    return null
  const [above] = accessPathsTo(drafting, outer, subgraph, isApart)
  return above ? { kind: 'above', above, level: above.level } : null
}
