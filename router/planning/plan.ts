// Tested in planner.test.ts: a plan is the result of planning.

/** A query plan: the requests to subgraphs and their order. Paths are absolute. */
type Fetch = {
  readonly subgraph: string
  /** The text of the operation that the subgraph is sent. */
  readonly operation: string
  readonly operationName: string | null
  /** The client's variables that the operation uses. */
  readonly variables: readonly string[]
}

/** A fetch with those that must be over before it. */
export type Step<Fetch extends RootFetch | EntityFetch = RootFetch | EntityFetch> = {
  readonly fetch: Fetch
  readonly after: ReadonlySet<Step>
}

/** Fields of a root type. */
export type RootFetch = Fetch & {
  readonly kind: 'root'
  readonly operationKind: 'query' | 'mutation'
  /** Where the fields go: the root of the answer, or objects of type `Query` below it. */
  readonly path: PlanPath
  readonly outputRewrites: readonly Rewrite[]
}

/** Fields of entities, by `_entities`; several selections of it where they travel together. */
export type EntityFetch = Fetch & {
  readonly kind: 'entities'
  readonly lanes: readonly EntityLane[]
  /** Its operation in pieces, where they are known: merging it with others does not have to parse it. */
  readonly pieces?: FetchPieces
}

/** An operation that selects nothing but `_entities`, and has no fragments with names. */
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
  /** The variable that takes its representations. */
  readonly variable: string
  /** Where in the answer the entities are. */
  readonly paths: readonly PlanPath[]
  /** Fields of a representation. */
  readonly requires: readonly RequiredSelection[]
  /** Changes to representations before they are sent. */
  readonly inputRewrites: readonly Rewrite[]
  /** Changes to entities before they are merged. */
  readonly outputRewrites: readonly Rewrite[]
  /** `@fromContext`: variables whose values stand at objects around an entity. */
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

/** A change at every object that `path` leads to, where such an object is; lists on the way are gone through. */
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
