import type { SelectionNode } from 'graphql'
import { accessPathsTo } from './access-paths.ts'
import type { Drafting } from './drafting.ts'
import type { OwnedType } from './owned-type.ts'
import { eachField } from './selections.ts'
import type { Place, Site } from './site.ts'

/**
 * The members of a union whose fields are requested.
 *
 * If several subgraphs can be asked for the field that returns the union, and one of them lacks a member, the
 * plan must not depend on which one is asked: fields of that member are left out, and are null. A member with
 * a non-null field is kept, since null would remove its object too.
 */
export function sharedMembers(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  site: Site,
  { type, draft }: Place,
): readonly string[] {
  const members = type.membersIn(draft.subgraph)
  if (!type.isUnion) return members
  const owners = ownersOf(drafting, site, type)
  const isShared = (member: string) => owners.every((subgraph) => type.membersIn(subgraph).includes(member))
  return members.filter((member) => isShared(member) || hasNonNull(drafting, selections, member))
}

/** The subgraphs that can be asked for the field that leads to the objects. */
function ownersOf(drafting: Drafting, { up }: Site, { name }: OwnedType): string[] {
  if (!up?.node) return []
  const { site, node } = up
  const field = site.type.field(node.name.value)
  return [...field.owners]
    .filter(([, { type }]) => type === name)
    .map(([subgraph]) => subgraph)
    .filter((subgraph) => accessPathsTo(drafting, site, subgraph, false).length > 0)
}

function hasNonNull(drafting: Drafting, selections: readonly SelectionNode[], member: string): boolean {
  const type = drafting.ownership.type(member)
  let isFound = false
  eachField(selections, type, drafting, (node) => {
    const name = node.name.value
    if (name !== '__typename' && type.field(name).shape.endsWith('!')) isFound = true
  })
  return isFound
}
