import type { Draw } from '../seeded-random.ts'
import type { Field, NestedField, RequiredField } from '../world/world.ts'
import {
  type EntityDraft,
  isComposite,
  plainField,
  settle,
  touch,
  type WorldDraft,
} from '../world/world-draft.ts'
import { randomShape } from './random-types.ts'

/**
 * Fields with `@requires` of other subgraphs' fields of the same entity, and of entities that it refers to.
 */
export function randomRequirements(draft: WorldDraft, draw: Draw): void {
  addThroughAbstract(draft, draw.fork('through'))
  for (const entity of draft.entities) addRequiring(draft, entity, draw.fork(`${entity.name} requires`))
}

/**
 * Sometimes adds a field that returns an interface or a union, and a field of another subgraph that requires
 * fields of its members.
 */
function addThroughAbstract(draft: WorldDraft, draw: Draw): void {
  const entities = draft.entities.filter(({ homes }) => homes.size > 1)
  const abstracts = draft.abstracts.filter(({ asObject }) => asObject === null)
  if (entities.length === 0 || abstracts.length === 0 || !draw.chance(60)) return
  const [entity, abstract] = [draw.pick(entities), draw.pick(abstracts)]
  const owner = draw.pick([...entity.homes.keys()])
  const asker = draw.pick([...entity.homes.keys()].filter((home) => home !== owner))
  const homes = [...new Set([...abstract.homes, owner, asker])]
  draft.abstracts[draft.abstracts.indexOf(abstract)] = { ...abstract, homes }
  for (const home of homes)
    for (const member of abstract.members) {
      const known = draft.entities.find(({ name }) => name === member)
      if (known && abstract.kind === 'interface') settle(known, home)
      else touch(draft, home, member)
    }
  const type = { named: abstract.name, shape: randomShape(draw) }
  const field = plainField(`f${draft.count++}`, type, [owner])
  entity.fields.push(field)
  addRequirement(draft, entity, asker, [field], draw)
}

function addRequiring(draft: WorldDraft, entity: EntityDraft, draw: Draw): void {
  for (const [index, owner] of [...entity.homes.keys()].entries()) {
    const part = draw.fork(index)
    if (!part.chance(45)) continue
    const candidates = entity.fields.filter((field) => mayBeRequired(draft, entity, field, owner))
    addRequirement(draft, entity, owner, part.some(candidates, 50).slice(0, 3), part)
    // Two fields that require the same field, with different arguments.
    const again = part.fork('again')
    if (again.chance(40)) addRequirement(draft, entity, owner, again.some(candidates, 50).slice(0, 2), again)
  }
}

function addRequirement(
  draft: WorldDraft,
  entity: EntityDraft,
  owner: string,
  of: readonly Field[],
  draw: Draw,
): void {
  const fields = of.flatMap((field) => required(draft, owner, field, draw.fork(field.name)) ?? [])
  if (fields.length === 0) return
  const shape = draw.pick(['%', '%', '%!'] as const)
  entity.fields.push({
    ...plainField(`f${draft.count++}`, { named: 'String', shape }, [owner]),
    requires: { fields },
  })
}

function mayBeRequired(draft: WorldDraft, entity: EntityDraft, field: Field, owner: string): boolean {
  const { owners, overridden, argument, requires, type, provides } = field
  const abstract = draft.abstracts.find(({ name }) => name === type.named)
  const isKnownHere = owners.includes(owner) || overridden === owner || !entity.homes.has(owner)
  const isNameable = !abstract || abstract.homes.includes(owner)
  return isNameable && !isKnownHere && takesInt(argument) && requires === null && provides === null
}

function takesInt(argument: Field['argument']): boolean {
  return argument === null || (argument.type.named === 'Int' && !argument.type.shape.startsWith('['))
}

/** Null if the field's type has nothing that can be required. */
function required(
  draft: WorldDraft,
  owner: string,
  { name, type, argument }: Field,
  draw: Draw,
): RequiredField | null {
  const nested = isComposite(draft, type.named) ? nestedIn(draft, type.named, draw) : null
  if (nested?.length === 0) return null
  touch(draft, owner, type.named)
  return { name, argument: argument ? { name: argument.name, value: draw.int(5) } : null, nested }
}

function nestedIn(draft: WorldDraft, named: string, draw: Draw): readonly NestedField[] {
  const abstract = draft.abstracts.find(({ name }) => name === named)
  if (!abstract) return taken(draft, named, draw).map((field) => ({ on: null, ...field }))
  const common =
    abstract.kind === 'interface' && draw.chance(30) ? [{ on: null, name: 'id', argument: null }] : []
  const narrow = draw
    .some(abstract.members, 70, 1)
    .flatMap((on) => taken(draft, on, draw.fork(on)).map((field) => ({ on, ...field })))
  return [...common, ...narrow]
}

/** Leaf fields of an object, of any subgraph. */
function taken(draft: WorldDraft, named: string, draw: Draw): readonly Omit<NestedField, 'on'>[] {
  const { fields = [] } = [...draft.entities, ...draft.values].find(({ name }) => name === named) ?? {}
  const leaves = fields.filter(
    ({ type, argument, requires, overridden }) =>
      !isComposite(draft, type.named) && takesInt(argument) && requires === null && overridden === null,
  )
  return draw
    .some(leaves, 50, 1)
    .slice(0, 3)
    .map(({ name, argument }) => ({
      name,
      argument: argument && { name: argument.name, value: draw.fork(name).int(3) },
    }))
}
