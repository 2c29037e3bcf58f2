import type { Draw } from '../seeded-random.ts'
import type { Fault } from '../world/fault.ts'
import type { Field, World } from '../world/world.ts'

/** No faults in most cases; otherwise one or two. */
export function randomFaults(world: World, draw: Draw): readonly Fault[] {
  if (!draw.chance(40)) return []
  return Array.from({ length: 1 + draw.int(2) }, (_, index) => randomFault(world, draw.fork(index)))
}

function randomFault(world: World, draw: Draw): Fault {
  const kind = draw.pick(['down', 'throws', 'throws', 'missing', 'nothing', 'nothing'] as const)
  if (kind === 'down') return { kind, subgraph: draw.pick(world.subgraphs) }
  const share = draw.pick([1, 2] as const)
  if (kind === 'missing') {
    const entity = draw.pick(world.entities)
    return { kind, subgraph: draw.pick([...entity.homes.keys()]), type: entity.name, share }
  }
  const places = placesOf(world)
  const { type, field } = draw.pick(places)
  return { kind, subgraph: draw.pick(field.owners), field: `${type}.${field.name}`, share }
}

function placesOf({ roots, entities }: World): readonly { readonly type: string; readonly field: Field }[] {
  const owned = entities.flatMap(({ name, fields }) => fields.map((field) => ({ type: name, field })))
  return [...owned, ...roots.map((field) => ({ type: 'Query', field }))]
}
