import type { Draw } from '../seeded-random.ts'
import { SCALARS, type Shape, type TypeUse } from '../world/world.ts'
import type { WorldDraft } from '../world/world-draft.ts'

/** Simple shapes more often. */
const SHAPES: readonly Shape[] = [
  '%',
  '%',
  '%',
  '%!',
  '%!',
  '[%]',
  '[%!]',
  '[%]!',
  '[%!]!',
  '[[%]]',
  '[[%!]!]',
]

export function randomShape(draw: Draw): Shape {
  return draw.pick(SHAPES)
}

export function randomScalarUse(draft: WorldDraft, draw: Draw): TypeUse {
  const named = draw.pick([...SCALARS, ...draft.enums.map(({ name }) => name)])
  return { named, shape: randomShape(draw) }
}

/** A type that a field of this subgraph may return. */
export function randomOutputUse(draft: WorldDraft, subgraph: string, draw: Draw): TypeUse {
  const shape = randomShape(draw)
  const kind = draw.int(100)
  const abstracts = draft.abstracts.filter(({ homes }) => homes.includes(subgraph))
  if (kind < 25) return randomScalarUse(draft, draw)
  if (kind < 40) return { named: draw.pick(draft.values).name, shape }
  if (kind < 65 && abstracts.length > 0) return { named: draw.pick(abstracts).name, shape }
  return { named: draw.pick(draft.entities).name, shape }
}

export function randomArgument(draft: WorldDraft, draw: Draw): { name: string; type: TypeUse } | null {
  if (!draw.chance(35)) return null
  const named = draw.pick(['Int', 'Int', 'String', 'Boolean', 'ID', 'Float', 'Blob', 'Hue', 'Wish'])
  const known = named.length < 5 || draft.inputs.some(({ name }) => name === named) || named !== 'Wish'
  const shape = draw.pick<Shape>(['%', '%', '[%!]', '%!', '[[%]]'])
  return { name: 'by', type: { named: known ? named : 'Int', shape } }
}
