import type { Draw } from '../seeded-random.ts'
import { type Field, widened } from '../world/world.ts'
import { type EntityDraft, plainField, settle, touch, type WorldDraft } from '../world/world-draft.ts'
import { randomScalarUse, randomShape } from './random-types.ts'

/** The subgraph that has interfaces only as interface objects, without their implementations. */
const OBJECT_SUBGRAPH = 'omega'

/** Value types, then interfaces and unions over entities and value types. */
export function randomAbstracts(draft: WorldDraft, draw: Draw): void {
  for (let index = 0; index < 1 + draw.int(2); index++)
    addValueType(draft, draw.fork(`value ${index}`), index)
  for (let index = 0; index < draw.int(3); index++) {
    const part = draw.fork(`abstract ${index}`)
    if (part.chance(55)) addInterface(draft, part, `I${index}`)
    else addUnion(draft, part, `U${index}`)
  }
}

function addValueType(draft: WorldDraft, draw: Draw, index: number): void {
  const fields: Field[] = []
  for (let at = 0; at < 1 + draw.int(3); at++) {
    fields.push(plainField(`v${draft.count++}`, randomScalarUse(draft, draw.fork(at)), []))
  }
  if (draw.chance(40)) {
    const named = draw.pick(draft.entities).name
    fields.push(plainField(`v${draft.count++}`, { named, shape: randomShape(draw.fork('ref')) }, []))
  }
  const before = draft.values[index - 1]
  if (before && draw.chance(40)) {
    fields.push(
      plainField(`v${draft.count++}`, { named: before.name, shape: randomShape(draw.fork('value')) }, []),
    )
  }
  draft.values.push({ name: `V${index}`, fields })
}

function addInterface(draft: WorldDraft, draw: Draw, name: string): void {
  const members = draw.some(draft.entities, 50, 1)
  const asObject = draw.chance(40)
  const homes = asObject ? [draw.pick(plainSubgraphs(draft))] : draw.some(plainSubgraphs(draft), 40, 1)
  for (const member of members) for (const home of homes) settle(member, home)
  const fields = homes
    .flatMap((home) => (draw.chance(60) ? [home] : []))
    .map((home, at) => {
      const field = plainField(`f${draft.count++}`, randomScalarUse(draft, draw.fork(`field ${at}`)), [home])
      const strict = draw.fork(`strict ${at}`)
      const member = strict.chance(40) ? strict.pick(members) : null
      if (member && addStricter(member, members, field, strict))
        return { ...field, type: widened(field.type) }
      for (const one of members) one.fields.push(field)
      return draw.chance(40) ? { ...field, type: widened(field.type) } : field
    })
  const extra = asObject ? [0, 1].map((at) => objectField(draft, fields, draw.fork(`extra ${at}`))) : []
  if (asObject && !draft.subgraphs.includes(OBJECT_SUBGRAPH)) draft.subgraphs.push(OBJECT_SUBGRAPH)
  draft.abstracts.push({
    name,
    kind: 'interface',
    members: members.map((member) => member.name),
    fields,
    homes,
    asObject: asObject ? { subgraph: OBJECT_SUBGRAPH, fields: extra } : null,
  })
}

/**
 * Adds a field of the interface to its members. In one member, the interface's subgraph declares a stricter
 * type than another subgraph does, so that clients see the same type in all members.
 */
function addStricter(
  member: EntityDraft,
  members: readonly EntityDraft[],
  field: Field,
  draw: Draw,
): boolean {
  const others = [...member.homes.keys()].filter((home) => !field.owners.includes(home))
  const wide = widened(field.type)
  if (others.length === 0 || wide.shape === field.type.shape) return false
  const other = draw.pick(others)
  for (const one of members)
    one.fields.push(
      one === member ? { ...field, owners: [...field.owners, other], wide: other } : { ...field, type: wide },
    )
  return true
}

/** A field of an interface object; some require other fields of the interface. */
function objectField(draft: WorldDraft, fields: readonly Field[], draw: Draw): Field {
  const name = `f${draft.count++}`
  if (fields.length === 0 || !draw.fork('requires').chance(35))
    return plainField(name, randomScalarUse(draft, draw), [OBJECT_SUBGRAPH])
  const required = draw
    .some(fields, 50, 1)
    .map((field) => ({ name: field.name, argument: null, nested: null }))
  return {
    ...plainField(name, { named: 'String', shape: draw.pick(['%', '%!'] as const) }, [OBJECT_SUBGRAPH]),
    requires: { fields: required },
  }
}

function addUnion(draft: WorldDraft, draw: Draw, name: string): void {
  const entities = draw.some(draft.entities, 50, 1).map((entity) => entity.name)
  const values = draw.some(draft.values, 40).map((value) => value.name)
  const homes = draw.some(plainSubgraphs(draft), 40, 1)
  for (const home of homes) for (const member of [...entities, ...values]) touch(draft, home, member)
  draft.abstracts.push({
    name,
    kind: 'union',
    members: [...entities, ...values],
    fields: [],
    homes,
    asObject: null,
  })
}

/** The subgraphs that may have any type. */
export function plainSubgraphs({ subgraphs }: WorldDraft): readonly string[] {
  return subgraphs.filter((name) => name !== OBJECT_SUBGRAPH)
}
