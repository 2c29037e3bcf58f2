import type { ContextValue, PlanPath, RequiredSelection, Rewrite } from '../plan.ts'

/** A request to a subgraph to which fields are being added. */
export type Draft = {
  readonly subgraph: string
  /** The drafts of the requests that it needs. */
  readonly after: ReadonlySet<Draft>
  /** Number of consecutive requests before it. */
  readonly level: number
  readonly selection: SelectionDraft
  /** The client's variables that its arguments use. */
  readonly variables: string[]
  /** Whether it has selections for some types only. */
  isTyped: boolean
  readonly of: RootDraft | EntityDraft
}

export type RootDraft = { readonly kind: 'query' | 'mutation'; readonly path: PlanPath }

export type EntityDraft = {
  readonly kind: 'entities'
  /** The entities' types in the subgraph: one, or several with equal plans. */
  readonly types: readonly string[]
  readonly path: PlanPath
  readonly requires: readonly RequiredSelection[]
  readonly inputRewrites: readonly Rewrite[]
  readonly contexts: readonly ContextVariable[]
}

/** A variable with a value from objects around an entity, from the first of some places that has one. */
export type ContextVariable = {
  readonly name: string
  readonly type: string
  readonly values: readonly Omit<ContextValue, 'variable'>[]
}

/** Selections of the objects at one place. */
export type SelectionDraft = {
  typename: boolean
  /** By data key. */
  readonly fields: Map<string, FieldDraft>
  /** Selections for some types only, by the types' names; null if there are none. */
  types: Map<string, TypedSelection> | null
}

export type TypedSelection = { readonly names: readonly string[]; readonly selection: SelectionDraft }

export type FieldDraft = {
  /** Its response name, and its name with its arguments. */
  readonly key: string
  readonly call: string
  readonly shape: string
  /** null: a leaf. */
  readonly below: SelectionDraft | null
}

export function newSelection(): SelectionDraft {
  return { typename: false, fields: new Map(), types: null }
}
