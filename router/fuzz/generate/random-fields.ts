import type { Draw } from '../seeded-random.ts'
import type { Field } from '../world/world.ts'
import { type EntityDraft, isComposite, plainField, touch, type WorldDraft } from '../world/world-draft.ts'
import { plainSubgraphs } from './random-abstract-types.ts'
import { randomRequirements } from './random-requires.ts'
import { randomArgument, randomOutputUse, randomScalarUse, randomShape } from './random-types.ts'

/** Fields of entities, each in one subgraph or several, some with a directive. */
export function randomEntityFields(draft: WorldDraft, draw: Draw): void {
  for (const entity of draft.entities) {
    const part = draw.fork(entity.name)
    for (let index = 0; index < 2 + part.int(4); index++) addField(draft, entity, part.fork(index))
  }
  randomRequirements(draft, draw)
}

function addField(draft: WorldDraft, entity: EntityDraft, draw: Draw): void {
  const homes = [...entity.homes.keys()]
  const owner = draw.pick(homes)
  const type = randomOutputUse(draft, owner, draw.fork('type'))
  const others = homes.filter((home) => home !== owner)
  const isPlain = !isComposite(draft, type.named)
  const shared = isPlain && draw.chance(20) ? draw.some(others, 50) : []
  const free = others.filter((home) => !shared.includes(home))
  const overridden = isPlain && free.length > 0 && draw.chance(10) ? draw.pick(free) : null
  touch(draft, owner, type.named)
  entity.fields.push({
    ...plainField(`f${draft.count++}`, type, [owner, ...shared]),
    argument: randomArgument(draft, draw.fork('argument')),
    overridden,
    percent:
      overridden !== null && draw.fork('label').chance(50) ? draw.fork('label').pick([0, 50, 100]) : null,
    provides: draw.chance(25) ? provided(draft, owner, type.named, draw) : null,
    inaccessible: draw.chance(4),
  })
}

/** A scalar field of the returned entity that a subgraph other than its owners may provide by `@provides`. */
function provided(draft: WorldDraft, subgraph: string, named: string, draw: Draw): Field['provides'] {
  const entity = draft.entities.find(({ name }) => name === named)
  const candidates = (entity?.fields ?? []).filter(
    ({ owners, overridden, argument, requires, type, inaccessible }) =>
      !owners.includes(subgraph) &&
      overridden === null &&
      argument === null &&
      requires === null &&
      !inaccessible &&
      !isComposite(draft, type.named),
  )
  const [field] = candidates.length > 0 ? [draw.pick(candidates)] : []
  // Fields of an interface belong to several entities, of which only one would be shareable.
  const isOfInterface = draft.abstracts.some(({ fields }) => fields.some(({ name }) => name === field?.name))
  return field && !isOfInterface ? { subgraph, field: field.name } : null
}

/** Query and mutation fields of each subgraph. */
export function randomRoots(draft: WorldDraft, draw: Draw): void {
  for (const subgraph of plainSubgraphs(draft)) {
    const part = draw.fork(subgraph)
    for (let index = 0; index < 1 + part.int(3); index++) {
      draft.roots.push(rootField(draft, subgraph, `q${draft.count++}`, part.fork(index)))
    }
    for (let index = 0; index < part.fork('mutations').pick([0, 0, 0, 1, 2]); index++) {
      draft.mutations.push(rootField(draft, subgraph, `m${draft.count++}`, part.fork(`m${index}`)))
    }
  }
  const shared = draw.some(plainSubgraphs(draft), 60, 1)
  if (shared.length > 1)
    draft.roots.push(plainField(`q${draft.count++}`, { named: 'Int', shape: '%' }, shared))
  for (const { name, asObject } of draft.abstracts) {
    if (!asObject) continue
    const type = { named: name, shape: randomShape(draw.fork(name)) }
    draft.roots.push(plainField(`q${draft.count++}`, type, [asObject.subgraph]))
  }
}

/**
 * Sometimes adds an object without a key of which two subgraphs have different fields, and shareable fields
 * that return it: its fields are fetched from both.
 */
export function randomSplits(draft: WorldDraft, draw: Draw): void {
  const all = plainSubgraphs(draft)
  const [one, other] = draw.some(all, 60, 1)
  if (!one || !other || !draw.chance(45)) return
  const fields = [[], [one], [other]].map((owners, at) =>
    plainField(`v${draft.count++}`, randomScalarUse(draft, draw.fork(at)), owners),
  )
  draft.values.push({ name: 'S0', fields })
  const owners = draw.chance(50) ? [one, other] : [other, one]
  const type = (at: string) => ({ named: 'S0', shape: randomShape(draw.fork(at)) })
  draft.roots.push(plainField(`q${draft.count++}`, type('root'), owners))
  for (const entity of draft.entities) {
    const isKnown = owners.every((owner) => entity.homes.has(owner))
    if (isKnown && draw.fork(entity.name).chance(50))
      entity.fields.push(plainField(`f${draft.count++}`, type(entity.name), owners))
  }
}

function rootField(draft: WorldDraft, subgraph: string, name: string, draw: Draw): Field {
  const type = randomOutputUse(draft, subgraph, draw.fork('type'))
  touch(draft, subgraph, type.named)
  return {
    ...plainField(name, type, [subgraph]),
    argument: randomArgument(draft, draw.fork('argument')),
    provides: draw.chance(30) ? provided(draft, subgraph, type.named, draw) : null,
  }
}
