/** A complete entity: all fields of its type, of all subgraphs. A field with arguments is a method. */
export type Entity = { readonly id: string }

/** A field of `Query`, called by graphql-js's default resolver with the field's arguments. */
export type RootField = (args: Readonly<Record<string, unknown>>) => unknown

export type SubgraphModel = {
  readonly name: string
  /**
   * Object types only, without @link, in a form that Federation 1 and 2 both accept (`extend type`,
   * `@external` keys).
   */
  readonly sdl: string
  readonly root: Readonly<Record<string, RootField>>
}

/**
 * Several subgraphs over one data set, which can also be queried as one plain schema to compute the right
 * answers.
 */
export type Graph = {
  readonly subgraphs: readonly SubgraphModel[]
  /** By type name, then by `id`. */
  readonly entities: Readonly<Record<string, ReadonlyMap<string, Entity>>>
}

/** A whole number from a client, or the default. */
export function wholeNumber(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
