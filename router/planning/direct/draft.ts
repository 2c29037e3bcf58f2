import type { ContextValue, PlanPath, RequiredSelection, Rewrite } from '../plan.ts'

/** A request to a subgraph, while fields are added to it. */
export type Draft = {
  readonly subgraph: string
  /** The drafts that bring what it needs. */
  readonly after: ReadonlySet<Draft>
  /** How many requests come before it, one after the other. */
  readonly level: number
  readonly selection: SelectionDraft
  /** The client's variables that its arguments use. */
  readonly variables: string[]
  /** Whether something is selected of some types only. */
  isTyped: boolean
  readonly of: RootDraft | EntityDraft
}

export type RootDraft = { readonly kind: 'query' | 'mutation'; readonly path: PlanPath }

export type EntityDraft = {
  readonly kind: 'entities'
  /** The entities' types as the subgraph names them: one, or several that are planned alike. */
  readonly types: readonly string[]
  readonly path: PlanPath
  readonly requires: readonly RequiredSelection[]
  readonly inputRewrites: readonly Rewrite[]
  readonly contexts: readonly ContextVariable[]
}

/** A variable that takes its value from objects around an entity, at the first of some places where there is one. */
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
  /** Selections of some types only, by their names; null if there are none. */
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
