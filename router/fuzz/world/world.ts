/** A random graph: all of its types and fields, with the subgraphs that have them. */
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
  /** Inaccessible types, whose fields and arguments are inaccessible too. */
  readonly hidden: readonly string[]
}

export type Field = {
  readonly name: string
  readonly type: TypeUse
  readonly argument: { readonly name: string; readonly type: TypeUse } | null
  /** The subgraphs that resolve it; several: `@shareable`. */
  readonly owners: readonly string[]
  /** The subgraph from which `@override` took the field. */
  readonly overridden: string | null
  /** The percentage of requests to which the override applies; null: all, without a label. */
  readonly percent: number | null
  readonly requires: Requirement | null
  /** Its argument `by` comes from an object above, by `@fromContext`. */
  readonly context: FromContext | null
  readonly provides: { readonly subgraph: string; readonly field: string } | null
  readonly inaccessible: boolean
  /** An owner that declares a less strict type than the others: more of it is nullable there. */
  readonly wide: string | null
}

/** @property type that of the field at each holder. */
export type FromContext = { readonly holders: readonly ContextHolder[]; readonly type: TypeUse }
/** An entity that sets the context, with the field whose value is taken. */
export type ContextHolder = { readonly name: string; readonly field: string }

export type Requirement = { readonly fields: readonly RequiredField[] }
export type RequiredField = {
  readonly name: string
  /** A literal in the field set; null if the field has no argument. */
  readonly argument: { readonly name: string; readonly value: number } | null
  /** The selected leaf fields of an object. */
  readonly nested: readonly NestedField[] | null
}
export type NestedField = {
  /** The only member of an interface or a union for which it is selected; null: for all. */
  readonly on: string | null
  readonly name: string
  readonly argument: RequiredField['argument']
}

/** A named type within lists and non-null marks: `%` stands for the name. */
export type TypeUse = { readonly named: string; readonly shape: Shape }
export type Shape = '%' | '%!' | '[%]' | '[%!]' | '[%]!' | '[%!]!' | '[[%]]' | '[[%!]!]'

export type Entity = {
  readonly name: string
  /** The subgraphs that resolve it, with the keys of each; the first has all keys. */
  readonly homes: ReadonlyMap<string, readonly KeyName[]>
  /** Subgraphs that only refer to it, by a key with `resolvable: false`. */
  readonly references: ReadonlySet<string>
  readonly fields: readonly Field[]
  readonly hidesCode: boolean
}

export type KeyName = 'id' | 'code' | 'code zone' | 'box { tag }' | typeof TYPE_KEY

/** The key of an entity that has only one instance. */
export const TYPE_KEY = '__typename'

/** An object without a key, the same in each subgraph. */
export type ValueType = { readonly name: string; readonly fields: readonly Field[] }

/** An interface or a union. Each subgraph that has it has all of its members. */
export type Abstract = {
  readonly name: string
  readonly kind: 'interface' | 'union'
  readonly members: readonly string[]
  /** Fields of an interface besides `id`, each in one subgraph, in which members have them too. */
  readonly fields: readonly Field[]
  readonly homes: readonly string[]
  /**
   * For an interface with a key: the subgraph that has it as an `@interfaceObject`, with that subgraph's
   * fields.
   */
  readonly asObject: { readonly subgraph: string; readonly fields: readonly Field[] } | null
}

/** @property hidden the inaccessible values. */
export type EnumType = {
  readonly name: string
  readonly values: readonly string[]
  readonly hidden: readonly string[]
}
/** @property hidden the inaccessible fields. */
export type InputType = { readonly name: string; readonly hidden: readonly string[] }

export const SCALARS: readonly string[] = ['Int', 'String', 'Float', 'Boolean', 'ID', 'Blob']

/** The number of instances of each entity. */
export const POPULATION = 4

/** Whether an entity has only one instance, whose key is its type. */
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

/** A type that is nullable at more levels, if there is one. */
export function widened({ named, shape }: TypeUse): TypeUse {
  return { named, shape: WIDER[shape] ?? shape }
}

export function typeText({ named, shape }: TypeUse): string {
  return shape.replace('%', named)
}
