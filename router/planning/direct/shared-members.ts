import type { SelectionNode } from 'graphql'
import type { Drafting } from './drafting.ts'
import type { OwnedType } from './owned-type.ts'
import { eachField } from './selections.ts'
import type { Place, Site } from './site.ts'
import { waysTo } from './ways.ts'

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
  const others = otherOwners(drafting, site, draft.subgraph, type)
  if (others.length === 0) return members
  const isShared = (member: string) => others.every((subgraph) => type.membersIn(subgraph).includes(member))
  return members.filter((member) => isShared(member) || hasNonNull(drafting, selections, member))
}

/** The other subgraphs that can be asked for the field that leads to the objects. */
function otherOwners(drafting: Drafting, { up }: Site, subgraph: string, { name }: OwnedType): string[] {
  if (!up?.node) return []
  const { site, node } = up
  const field = site.type.field(node.name.value)
  return [...field.owners]
    .filter(([other, { type }]) => other !== subgraph && type === name)
    .map(([other]) => other)
    .filter((other) => waysTo(drafting, site, other, false).length > 0)
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
