import type { Draw } from '../seeded-random.ts'
import type { ContextHolder, TypeUse } from '../world/world.ts'
import { type EntityDraft, plainField, type WorldDraft } from '../world/world-draft.ts'
import { randomScalarUse, randomShape } from './random-types.ts'

const BELOW = 'K0'

/**
 * Sometimes adds an entity with `@context`, or two with the same context, and below them a further entity
 * with a field that takes a value from the context. This entity is drawn last, since no other path may lead
 * to it.
 */
export function randomContexts(draft: WorldDraft, draw: Draw): void {
  if (!draw.chance(35)) return
  // The entities of a world may all have only other keys.
  const withId = draft.entities.filter(({ homes }) => [...homes.values()].some(hasId))
  if (withId.length === 0) return
  const first = draw.pick(withId)
  const home = draw.pick(homesById(first))
  const others = draft.entities.filter((one) => one !== first && homesById(one).includes(home))
  const second = draw.fork('second')
  const holders = others.length > 0 && second.chance(55) ? [first, second.pick(others)] : [first]
  const type = randomScalarUse(draft, draw.fork('value'))
  const named = second.chance(50) ? `f${draft.count++}` : null
  const context: readonly ContextHolder[] = holders.map(({ name, fields }) => {
    const field = plainField(named ?? `f${draft.count++}`, type, [home])
    fields.push(field)
    return { name, field: field.name }
  })
  const below = addBelow(draft, draw, holders)
  for (const via of below.vias) below.entity.homes.set(via, ['id'])
  below.entity.homes.set(home, ['id'])
  below.entity.fields.push(
    {
      ...plainField(`f${draft.count++}`, { named: 'String', shape: draw.pick(['%', '%!'] as const) }, [home]),
      context: { holders: context, type },
    },
    plainField(`f${draft.count++}`, randomScalarUse(draft, draw.fork('beside')), [draw.pick(below.vias)]),
  )
}

/** The entity below, and the subgraphs that lead to it. */
function addBelow(
  draft: WorldDraft,
  draw: Draw,
  holders: readonly EntityDraft[],
): { readonly entity: EntityDraft; readonly vias: readonly string[] } {
  const isBetween = !draw.chance(50)
  // An object between the holder and the entity.
  const named = isBetween ? 'W0' : BELOW
  if (isBetween) {
    const type: TypeUse = { named: BELOW, shape: randomShape(draw.fork('inner')) }
    draft.values.push({ name: named, fields: [plainField(`v${draft.count++}`, type, [])] })
  }
  const vias = holders.map((holder, index) => {
    const via = draw.pick(homesById(holder))
    const shape = randomShape(draw.fork(`child ${index}`))
    holder.fields.push(plainField(`f${draft.count++}`, { named, shape }, [via]))
    return via
  })
  const entity = {
    name: BELOW,
    homes: new Map(),
    references: new Set<string>(),
    hidesCode: false,
    fields: [],
  }
  draft.entities.push(entity)
  return { entity, vias }
}

function homesById({ homes }: EntityDraft): readonly string[] {
  return [...homes].filter(([, keys]) => hasId(keys)).map(([name]) => name)
}

function hasId(keys: readonly string[]): boolean {
  return keys.includes('id')
}
