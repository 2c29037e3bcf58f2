import type { FieldSet } from './field-sets.ts'

/** How a subgraph resolves a field. */
export type Owner = {
  readonly requires: FieldSet | null
  readonly provides: FieldSet | null
  readonly shape: Shape
  /** The name of the field's type there. */
  readonly type: string
  /** Arguments that take their values from objects around the field's (`@fromContext`). */
  readonly contexts: readonly ContextArgument[]
}

export type ContextArgument = {
  readonly context: string
  /** Name of the argument. */
  readonly name: string
  /** As it is written. */
  readonly type: string
  readonly value: FieldSet
}

/** Part of a field's type that must be equal if two objects at one place have the field (section 5.3.2, SameResponseShape). */
type Shape = string

export type OwnedField = {
  readonly name: string
  /** The name of its type. */
  readonly type: string
  readonly isLeaf: boolean
  /** Number of lists around it. */
  readonly lists: number
  /** The shape, unless a subgraph has another one. */
  readonly shape: Shape
  /** The subgraphs that resolve it, by name. */
  readonly owners: ReadonlyMap<string, Owner>
  /**
   * Everything that determines how it is planned: fields of two types with equal profiles are planned alike.
   */
  readonly profile: string
}

/**
 * A way into a subgraph. @property as the type's name in it: its own, or that of an interface that is an
 * object there.
 */
export type Entry = { readonly as: string; readonly key: FieldSet }

/** An object type, an interface or a union with its subgraphs, read from the `join__` directives of a supergraph. */
export type OwnedType = {
  readonly name: string
  readonly isAbstract: boolean
  readonly isUnion: boolean
  /** By subgraph: the ways by which it resolves the type's entities. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>
  /** The subgraphs that have this interface as an object (`@interfaceObject`). */
  readonly asObject: ReadonlySet<string>
  has(field: string): boolean
  field(name: string): OwnedField
  /** The object types that an object of the type can be of in a subgraph. */
  membersIn(subgraph: string): readonly string[]
  /** Whether an object of that type is of this one. */
  covers(objectType: string): boolean
  /** The object types that an object of the type can be of. */
  readonly members: readonly string[]
  /** Everything about its entries that determines how it is planned. */
  readonly profile: string
}

/** The subgraphs that resolve each field. */
export type Ownership = {
  type(name: string): OwnedType
  /** The types that set a context. */
  holders(context: string): ReadonlySet<string>
  /** Whether objects of a type set any context. */
  isHolder(type: string): boolean
}
