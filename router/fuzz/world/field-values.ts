import { hash } from '../seeded-random.ts'
import { canonicalJson } from './canonical-json.ts'
import {
  type Field,
  isSingle,
  type NestedField,
  POPULATION,
  type RequiredField,
  type World,
} from './world.ts'

/** An object of the graph, identified by its type and number. */
export type Instance = {
  /** The name of its type in the schema that resolves it. */
  readonly __typename: string
  /** The concrete type, which a subgraph with an interface object may not have. */
  readonly concrete: string
  readonly number: number
  /** Fields that came with a reference. */
  readonly representation: Readonly<Record<string, unknown>> | null
  /** The external field that the subgraph resolves here by `@provides`. */
  readonly provided: string | null
}

/** Values of a world, by type and field; pure. */
export type Facts = {
  readonly world: World
  field(type: string, name: string): Field | undefined
  /** The value of a field of a concrete object, except for fields with requirements. */
  value(type: string, number: number, name: string, args: Readonly<Record<string, unknown>>): unknown
  /**
   * The value of a field computed from its requirements. The order in which a router sends the fields of an
   * object has no meaning.
   */
  made(type: string, number: number, name: string, required: Readonly<Record<string, unknown>>): string
  /** Whether a field's value is computed from others. */
  isMade(type: string, name: string): boolean
  /** The required fields of an object as a router should send them, or the argument from its context. */
  required(type: string, number: number, name: string): Readonly<Record<string, unknown>>
}

/** Marks computed values: with faults, they may differ from the correct ones. */
const MADE = 'made of '

export function isMade(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(MADE)
}

const NULLS_PERCENT = 12

export function factsOf(world: World): Facts {
  const index = indexOf(world)
  const members = new Map(world.abstracts.map(({ name, members: all }) => [name, all]))
  const enums = new Map(world.enums.map(({ name, values }) => [name, values]))
  const composite = new Set([...world.entities, ...world.values].map(({ name }) => name))
  const entities = new Set(world.entities.map(({ name }) => name))
  const singles = new Set(world.entities.filter(isSingle).map(({ name }) => name))

  const leaf = (named: string, key: string): unknown => {
    const number = hash(key)
    const all = enums.get(named)
    if (all) return all[number % all.length]
    if (named === 'Int') return (number % 2_000) - 1_000
    if (named === 'Float') return (number % 4_000) / 4
    if (named === 'Boolean') return number % 2 === 0
    if (named === 'Blob')
      return number % 3 === 0 ? { x: number % 10, list: [null, true, { y: 'é"\\' }] } : number % 100
    return `${named === 'ID' ? 'i' : 's'}${number % 1_000}`
  }
  const below = new Set(world.entities.some(({ name }) => name === 'K0') ? ['K0', 'W0'] : [])
  const holders = holdersIn(world)
  const one = (named: string, key: string, owner: number): unknown => {
    const all = members.get(named)
    const concrete = all ? (all[hash(`${key}|member`) % all.length] ?? named) : named
    if (!all && !composite.has(named)) return leaf(named, key)
    // An object below a context identifies its holder by its number.
    const number = singles.has(concrete)
      ? 0
      : below.has(concrete)
        ? owner * POPULATION + (hash(`${key}|which`) % POPULATION)
        : hash(`${key}|which`) % (entities.has(concrete) ? POPULATION : 100_000)
    return { __typename: concrete, concrete, number, representation: null, provided: null } satisfies Instance
  }
  const shaped = (shape: string, named: string, key: string, owner: number): unknown => {
    if (!shape.endsWith('!') && hash(`${key}|null`) % 100 < NULLS_PERCENT) return null
    const inner = shape.endsWith('!') ? shape.slice(0, -1) : shape
    if (!inner.startsWith('[')) return one(named, key, owner)
    const length = hash(`${key}|length`) % 4
    return Array.from({ length }, (_, at) => shaped(inner.slice(1, -1), named, `${key}|${at}`, owner))
  }
  const facts: Facts = {
    world,
    field: (type, name) => index.get(`${type}.${name}`),
    value(type, number, name, args) {
      const field = index.get(`${type}.${name}`)
      if (!field) return keyValue(type, number, name)
      const given = field.argument ? JSON.stringify(args) : ''
      return shaped(
        field.type.shape,
        field.type.named,
        `${world.seed}|${type}|${number}|${name}|${given}`,
        holders.includes(type) ? number * holders.length + holders.indexOf(type) : number,
      )
    },
    isMade(type, name) {
      const field = index.get(`${type}.${name}`)
      return field !== undefined && (field.requires !== null || field.context !== null)
    },
    made: (type, number, name, required) => `${MADE}${type} ${number} ${name} ${canonicalJson(required)}`,
    required(type, number, name) {
      const { requires, context } = index.get(`${type}.${name}`) ?? {}
      if (context) {
        const levels = world.values.some((value) => value.name === 'W0') ? 2 : 1
        const code = Math.floor(number / POPULATION ** levels)
        const { name: holder = '', field = '' } = context.holders[code % holders.length] ?? {}
        return { by: facts.value(holder, Math.floor(code / holders.length), field, {}) }
      }
      const fields = requires?.fields ?? []
      return Object.fromEntries(
        fields.map((field) => [
          field.name,
          requiredValue(
            facts,
            facts.value(type, number, field.name, argumentsOf(field.argument)),
            field.nested,
          ),
        ]),
      )
    },
  }
  return facts
}

/** The entities that set a context. */
function holdersIn({ entities }: World): readonly string[] {
  const contexts = entities.flatMap(({ fields }) => fields.flatMap(({ context }) => context ?? []))
  return contexts.flatMap(({ holders }) => holders.map(({ name }) => name))
}

function argumentsOf(argument: RequiredField['argument']): Record<string, unknown> {
  return argument ? { [argument.name]: argument.value } : {}
}

/** The part of a value that a field set selects. */
function requiredValue(facts: Facts, value: unknown, nested: RequiredField['nested']): unknown {
  if (nested === null || value === null) return value
  if (Array.isArray(value)) return value.map((element) => requiredValue(facts, element, nested))
  // A required field with nested fields returns instances.
  const { concrete, number } = value as Instance
  const taken = nested.filter(({ on }) => on === null || on === concrete)
  const arguments_ = new Map(taken.map(({ name, argument }) => [name, argumentsOf(argument)]))
  return Object.fromEntries(
    namesOf(taken).map((name) => [name, facts.value(concrete, number, name, arguments_.get(name) ?? {})]),
  )
}

/**
 * The same part of a representation that was received: whether objects have their type there is the planner's
 * choice.
 */
export function takenFrom(
  representation: Readonly<Record<string, unknown>> | null,
  fields: readonly RequiredField[],
): Readonly<Record<string, unknown>> {
  const take = (value: unknown, nested: RequiredField['nested']): unknown => {
    if (nested === null || value === null || value === undefined) return value
    if (Array.isArray(value)) return value.map((element) => take(element, nested))
    const names = namesOf(nested).filter((name) => Object.hasOwn(value, name))
    return Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]]))
  }
  return Object.fromEntries(fields.map(({ name, nested }) => [name, take(representation?.[name], nested)]))
}

/** Each name once: several members may have a field of an interface. */
function namesOf(nested: readonly NestedField[]): readonly string[] {
  return [...new Set(nested.map(({ name }) => name))]
}

function keyValue(type: string, number: number, name: string): unknown {
  if (name === 'id') return `${type}:${number}`
  if (name === 'code') return `code ${type}:${number}`
  if (name === 'zone') return number % 3
  if (name === 'mark') return 7
  if (name === 'box')
    return {
      __typename: 'Box',
      concrete: type,
      number,
      representation: null,
      provided: null,
    } satisfies Instance
  throw new Error(`the world has no ${type}.${name}`)
}

function indexOf(world: World): ReadonlyMap<string, Field> {
  const index = new Map<string, Field>()
  const add = (type: string, fields: readonly Field[]) => {
    for (const field of fields) index.set(`${type}.${field.name}`, field)
  }
  add('Query', world.roots)
  add('Mutation', world.mutations)
  for (const { name, fields } of [...world.entities, ...world.values]) add(name, fields)
  for (const { members, asObject } of world.abstracts)
    for (const member of members) add(member, asObject?.fields ?? [])
  return index
}
