// Tested in planner.test.ts: the test plans operations.

/** A query plan: the requests to subgraphs and their order. Paths are absolute. */
type Fetch = {
  readonly subgraph: string
  /** The text of the operation for the subgraph. */
  readonly operation: string
  readonly operationName: string | null
  /** The client's variables that the operation uses. */
  readonly variables: readonly string[]
}

/** A fetch with the fetches that must end before it. */
export type Step<Fetch extends RootFetch | EntityFetch = RootFetch | EntityFetch> = {
  readonly fetch: Fetch
  readonly after: ReadonlySet<Step>
}

/** Fields of a root type. */
export type RootFetch = Fetch & {
  readonly kind: 'root'
  readonly operationKind: 'query' | 'mutation'
  /** The place of the fields: the root of the answer, or objects of type `Query` below it. */
  readonly path: PlanPath
  readonly outputRewrites: readonly Rewrite[]
}

/** Fields of entities, by `_entities`; several selections of it in a merged request. */
export type EntityFetch = Fetch & {
  readonly kind: 'entities'
  readonly lanes: readonly EntityLane[]
  /** The pieces of its operation if known, so that merging it with others need not parse it. */
  readonly pieces?: FetchPieces
}

/** An operation that selects only `_entities`, and has no named fragments. */
export type FetchPieces = {
  /** Selection set of each lane, in order. */
  readonly selections: readonly string[]
  /** The declarations of the client's variables, by name. */
  readonly variables: ReadonlyMap<string, string>
}

/** One selection of `_entities`. */
export type EntityLane = {
  /** Its response name. */
  readonly alias: string
  /** The variable of its representations. */
  readonly variable: string
  /** The paths of the entities in the answer. */
  readonly paths: readonly PlanPath[]
  /** Fields of a representation. */
  readonly requires: readonly RequiredSelection[]
  /** Changes to representations before they are sent. */
  readonly inputRewrites: readonly Rewrite[]
  /** Changes to entities before they are merged. */
  readonly outputRewrites: readonly Rewrite[]
  /** `@fromContext`: variables whose values come from objects around an entity. */
  readonly contexts: readonly ContextValue[]
}

export type PlanPath = readonly PathStep[]

export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  /** Every element of a list. */
  | { readonly kind: 'each' }
  /** Only objects of these types, by the supergraph's type names. */
  | { readonly kind: 'types'; readonly names: readonly string[] }

export type RequiredSelection =
  | {
      readonly kind: 'field'
      /** Its key in the merged data. */
      readonly name: string
      /** Its key in the representation. */
      readonly as: string
      readonly selections: readonly RequiredSelection[] | null
    }
  | {
      readonly kind: 'fragment'
      readonly type: string
      readonly selections: readonly RequiredSelection[]
    }

/** A change of every object at `path`; lists on the way are traversed. */
export type Rewrite =
  | {
      readonly kind: 'set'
      readonly path: RewritePath
      readonly name: string
      readonly value: unknown
    }
  | { readonly kind: 'rename'; readonly path: RewritePath; readonly name: string; readonly to: string }

export type RewritePath = readonly Exclude<PathStep, { kind: 'each' }>[]

/** A value found `up` objects above an entity and from there along `path`; sent as a variable. */
export type ContextValue = { readonly up: number; readonly path: RewritePath; readonly variable: string }
