/** A random graph: what there is to know of it as a whole, and which subgraph knows which part. */
export type World = {
  readonly seed: string
  readonly subgraphs: readonly string[]
  readonly entities: readonly Entity[]
  readonly values: readonly ValueType[]
  readonly abstracts: readonly Abstract[]
  readonly enums: readonly EnumType[]
  readonly inputs: readonly InputType[]
  readonly roots: readonly Field[]
  readonly mutations: readonly Field[]
  /** Types that clients may not see, nor any field or argument of them. */
  readonly hidden: readonly string[]
}

export type Field = {
  readonly name: string
  readonly type: TypeUse
  readonly argument: { readonly name: string; readonly type: TypeUse } | null
  /** The subgraphs that resolve it; several: `@shareable`. */
  readonly owners: readonly string[]
  /** Present in that subgraph too, which lost it by `@override`. */
  readonly overridden: string | null
  /** For how many of a hundred requests it has; null: for all, without a label. */
  readonly percent: number | null
  readonly requires: Requirement | null
  /** Its argument `by` comes from an object above, by `@fromContext`. */
  readonly context: FromContext | null
  readonly provides: { readonly subgraph: string; readonly field: string } | null
  readonly inaccessible: boolean
  /** An owner that says less of its type than the others: null may stand where it may not there. */
  readonly wide: string | null
}

/** @property type that of the field at each holder. */
export type FromContext = { readonly holders: readonly ContextHolder[]; readonly type: TypeUse }
/** An entity that sets the context, and its field that is taken. */
export type ContextHolder = { readonly name: string; readonly field: string }

export type Requirement = { readonly fields: readonly RequiredField[] }
export type RequiredField = {
  readonly name: string
  /** A literal, as the field set has it; null where the field takes none. */
  readonly argument: { readonly name: string; readonly value: number } | null
  /** Leaves that are taken of an object. */
  readonly nested: readonly NestedField[] | null
}
export type NestedField = {
  /** The only member of an interface or a union that it is taken of; null: of whatever it is. */
  readonly on: string | null
  readonly name: string
  readonly argument: RequiredField['argument']
}

/** A named type within lists and non-null marks: `%` stands for the name. */
export type TypeUse = { readonly named: string; readonly shape: Shape }
export type Shape = '%' | '%!' | '[%]' | '[%!]' | '[%]!' | '[%!]!' | '[[%]]' | '[[%!]!]'

export type Entity = {
  readonly name: string
  /** Where it is known, and by which keys; the first knows them all. */
  readonly homes: ReadonlyMap<string, readonly KeyName[]>
  /** Subgraphs that only refer to it, by a key that they cannot resolve. */
  readonly references: ReadonlySet<string>
  readonly fields: readonly Field[]
  readonly hidesCode: boolean
}

export type KeyName = 'id' | 'code' | 'code zone' | 'box { tag }' | typeof TYPE_KEY

/** The key of an entity of which there is one. */
export const TYPE_KEY = '__typename'

/** An object without identity, the same in each subgraph. */
export type ValueType = { readonly name: string; readonly fields: readonly Field[] }

/** An interface or a union. Each subgraph that has it has all of its members. */
export type Abstract = {
  readonly name: string
  readonly kind: 'interface' | 'union'
  readonly members: readonly string[]
  /** Fields of an interface beside `id`, each in one subgraph; members have them there too. */
  readonly fields: readonly Field[]
  readonly homes: readonly string[]
  /** An interface with a key, and the subgraph that knows it by `@interfaceObject`, with that one's fields. */
  readonly asObject: { readonly subgraph: string; readonly fields: readonly Field[] } | null
}

/** @property hidden of its values, those that clients may not see. */
export type EnumType = {
  readonly name: string
  readonly values: readonly string[]
  readonly hidden: readonly string[]
}
/** @property hidden of its fields, those that clients may not see. */
export type InputType = { readonly name: string; readonly hidden: readonly string[] }

export const SCALARS: readonly string[] = ['Int', 'String', 'Float', 'Boolean', 'ID', 'Blob']

/** How many instances each entity has. */
export const POPULATION = 4

/** Whether there is one of an entity: its type is its key. */
export function isSingle({ homes }: Pick<Entity, 'homes'>): boolean {
  return [...homes.values()].some((keys) => keys.includes(TYPE_KEY))
}

const WIDER: Partial<Record<Shape, Shape>> = {
  '%!': '%',
  '[%!]': '[%]',
  '[%]!': '[%]',
  '[%!]!': '[%!]',
  '[[%!]!]': '[[%]]',
}

/** A type with null in more places, where there is one. */
export function widened({ named, shape }: TypeUse): TypeUse {
  return { named, shape: WIDER[shape] ?? shape }
}

export function typeText({ named, shape }: TypeUse): string {
  return shape.replace('%', named)
}
