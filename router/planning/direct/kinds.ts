// Tested in ../planner.test.ts: the test counts the requests.

import { type FieldNode, Kind, type SelectionNode } from 'graphql'
import { type Drafting, spend } from './drafting.ts'
import type { OwnedType } from './owned-type.ts'
import { eachField, providedBelow } from './selections.ts'
import type { Place } from './site.ts'

/**
 * Groups of types whose objects are planned alike: by their selections, the subgraphs that resolve them, the
 * requirements of these, and the keys. A type that sets a context is alone, since others may lack the values'
 * fields. Types without selections are left out.
 */
export function kindsOf(
  drafting: Drafting,
  selections: readonly SelectionNode[],
  names: readonly string[],
  place: Place,
): readonly (readonly string[])[] {
  const kinds = new Map<string, string[]>()
  const ids = new Map<FieldNode, number>()
  for (const name of names) {
    spend(drafting)
    const type = drafting.ownership.type(name)
    let profile = ''
    eachField(selections, type, drafting, (node) => {
      const id = ids.get(node) ?? ids.size
      ids.set(node, id)
      profile += `${id} ${fieldProfile(type, node.name.value)} ${isProvided(drafting, type, node, place)}\n`
    })
    if (profile === '') continue
    const kind = profile + keyProfile(type) + (drafting.ownership.isHolder(name) ? name : '')
    const alike = kinds.get(kind)
    if (alike) alike.push(name)
    else kinds.set(kind, [name])
  }
  return [...kinds.values()]
}

function isProvided({ ownership }: Drafting, type: OwnedType, node: FieldNode, { provided }: Place): boolean {
  return provided.length > 0 && providedBelow(provided, type, node.name.value, ownership) !== null
}

const fieldProfiles = new WeakMap<OwnedType, Map<string, string>>()

/** Everything that determines how a field is planned, including the fields that it requires. */
function fieldProfile(type: OwnedType, name: string): string {
  if (name === '__typename' || !type.has(name)) return name
  const known = fieldProfiles.get(type) ?? new Map<string, string>()
  fieldProfiles.set(type, known)
  const found = known.get(name)
  if (found !== undefined) return found
  const { profile, owners } = type.field(name)
  // Ends the recursion of fields that require each other.
  known.set(name, profile)
  const required = [...owners.values()].flatMap(({ requires }) => requires?.selections ?? [])
  const made = profile + profilesOf(type, required)
  known.set(name, made)
  return made
}

const keyProfiles = new WeakMap<OwnedType, string>()

function keyProfile(type: OwnedType): string {
  const known = keyProfiles.get(type)
  if (known !== undefined) return known
  const keys = [...type.entries.values()].flat()
  const made =
    type.profile +
    profilesOf(
      type,
      keys.flatMap(({ key }) => key.selections),
    )
  keyProfiles.set(type, made)
  return made
}

function profilesOf(type: OwnedType, selections: readonly SelectionNode[]): string {
  let text = ''
  for (const selection of selections)
    text +=
      selection.kind === Kind.FIELD ? fieldProfile(type, selection.name.value) : JSON.stringify(selection)
  return text
}
