import type { Abstract, EnumType, Field, InputType, KeyName, ValueType } from './world.ts'

/** A world during its generation. */
export type WorldDraft = {
  readonly seed: string
  readonly subgraphs: string[]
  readonly entities: EntityDraft[]
  readonly values: ValueType[]
  readonly abstracts: Abstract[]
  readonly enums: EnumType[]
  readonly inputs: InputType[]
  readonly roots: Field[]
  readonly mutations: Field[]
  readonly hidden: string[]
  /** For unique names. */
  count: number
}

export type EntityDraft = {
  readonly name: string
  readonly homes: Map<string, KeyName[]>
  readonly references: Set<string>
  readonly fields: Field[]
  readonly hidesCode: boolean
}

export function newDraft(seed: string, subgraphs: string[]): WorldDraft {
  return {
    seed,
    subgraphs,
    entities: [],
    values: [],
    abstracts: [],
    enums: [],
    inputs: [],
    roots: [],
    mutations: [],
    hidden: [],
    count: 0,
  }
}

/** A field that one subgraph resolves, without any directive. */
export function plainField(name: string, type: Field['type'], owners: readonly string[]): Field {
  return {
    name,
    type,
    owners,
    argument: null,
    overridden: null,
    percent: null,
    requires: null,
    context: null,
    provides: null,
    inaccessible: false,
    wide: null,
  }
}

export function isComposite({ entities, abstracts, values }: WorldDraft, named: string): boolean {
  return [...entities, ...abstracts, ...values].some(({ name }) => name === named)
}

/** Adds to a subgraph a type that one of its fields returns. */
export function touch(draft: WorldDraft, subgraph: string, named: string): void {
  const entity = draft.entities.find(({ name }) => name === named)
  if (entity && !entity.homes.has(subgraph)) entity.references.add(subgraph)
  const value = draft.values.find(({ name }) => name === named)
  for (const { type } of value?.fields ?? []) touch(draft, subgraph, type.named)
}

/** Makes an entity resolvable in a subgraph. */
export function settle(entity: EntityDraft, subgraph: string): void {
  entity.references.delete(subgraph)
  const keys = entity.homes.get(subgraph)
  if (!keys) entity.homes.set(subgraph, ['id'])
  else if (!keys.includes('id')) keys.push('id')
}
