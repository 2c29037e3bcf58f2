import { type Draw, drawFrom } from '../seeded-random.ts'
import { type Entity, type KeyName, TYPE_KEY, type World } from '../world/world.ts'
import { type EntityDraft, newDraft, type WorldDraft } from '../world/world-draft.ts'
import { randomAbstracts } from './random-abstract-types.ts'
import { randomContexts } from './random-contexts.ts'
import { randomEntityFields, randomRoots, randomSplits } from './random-fields.ts'
import { randomHidden } from './random-hidden.ts'

const NAMES = ['alpha', 'beta', 'gamma', 'delta']

/** A graph for a seed. Not every graph composes. */
export function randomWorld(seed: string): World {
  const draw = drawFrom(seed)
  const draft = newDraft(seed, NAMES.slice(0, 2 + draw.int(3)))
  const hues = ['RED', 'GREEN', 'BLUE'].slice(0, 2 + draw.int(2))
  const hidden = draw.fork('hidden').chance(30) ? ['GREY'] : []
  draft.enums.push({ name: 'Hue', values: [...hues, ...hidden], hidden })
  draft.inputs.push({ name: 'Wish', hidden: draw.fork('wish').chance(30) ? ['much'] : [] })
  for (let index = 0; index < 2 + draw.int(3); index++) {
    draft.entities.push(randomEntity(draw.fork(`entity ${index}`), `E${index}`, draft.subgraphs))
  }
  randomAbstracts(draft, draw.fork('abstracts'))
  randomEntityFields(draft, draw.fork('fields'))
  randomRoots(draft, draw.fork('roots'))
  randomSplits(draft, draw.fork('splits'))
  randomContexts(draft, draw.fork('contexts'))
  randomHidden(draft, draw.fork('hidden types'))
  return finished(draft)
}

function randomEntity(draw: Draw, name: string, subgraphs: readonly string[]): EntityDraft {
  const others: readonly KeyName[] = ['code', 'code zone', 'box { tag }']
  const keys: KeyName[] = ['id', ...draw.some(others, 25)]
  const [first = '', ...rest] = draw.some(subgraphs, 60, 1)
  const homes = new Map<string, KeyName[]>([[first, keys]])
  if (draw.fork('single').chance(10)) {
    for (const subgraph of [first, ...rest]) homes.set(subgraph, [TYPE_KEY])
    return { name, homes, references: new Set(), fields: [], hidesCode: false }
  }
  for (const subgraph of rest) homes.set(subgraph, draw.some(keys, 60, 1))
  return { name, homes, references: new Set(), fields: [], hidesCode: draw.chance(20) }
}

function finished(draft: WorldDraft): World {
  const entities: readonly Entity[] = draft.entities
  return { ...draft, entities }
}
