import type { Draw } from './draw.ts'
import { randomScalarUse, randomShape } from './random-types.ts'
import { type EntityDraft, plainField, type WorldDraft } from './world-draft.ts'

/**
 * Sometimes an entity with `@context`, below it an entity of its own with a field that takes a value from it. That one
 * is drawn last: no other way may lead to it.
 */
export function randomContexts(draft: WorldDraft, draw: Draw): void {
  if (!draw.chance(35)) return
  const holder = draw.pick(draft.entities.filter(({ homes }) => [...homes.values()].some(hasId)))
  const homes = [...holder.homes].filter(([, keys]) => hasId(keys)).map(([name]) => name)
  const home = draw.pick(homes)
  const value = plainField(`f${draft.count++}`, randomScalarUse(draft, draw.fork('value')), [home])
  const via = draw.pick(homes)
  const named = 'K0'
  const below: EntityDraft = {
    name: named,
    homes: new Map([...new Set([home, via])].map((name) => [name, ['id']])),
    references: new Set(),
    hidesCode: false,
    fields: [
      {
        ...plainField(`f${draft.count++}`, { named: 'String', shape: draw.pick(['%', '%!'] as const) }, [
          home,
        ]),
        context: { holder: holder.name, field: value.name, type: value.type },
      },
      plainField(`f${draft.count++}`, randomScalarUse(draft, draw.fork('beside')), [via]),
    ],
  }
  holder.fields.push(value)
  if (draw.chance(50)) {
    holder.fields.push(
      plainField(`f${draft.count++}`, { named, shape: randomShape(draw.fork('child')) }, [via]),
    )
  } else {
    // An object between the two.
    const inner = plainField(`v${draft.count++}`, { named, shape: randomShape(draw.fork('inner')) }, [])
    draft.values.push({ name: 'W0', fields: [inner] })
    const shape = randomShape(draw.fork('between'))
    holder.fields.push(plainField(`f${draft.count++}`, { named: 'W0', shape }, [via]))
  }
  draft.entities.push(below)
}

function hasId(keys: readonly string[]): boolean {
  return keys.includes('id')
}
