import type { GraphQLFieldResolver } from 'graphql'

/** A row of a subgraph's data: its own `__typename` only where an abstract type returns it. */
export type Row = { readonly [field: string]: unknown }

export type FieldResolvers = Readonly<Record<string, GraphQLFieldResolver<Row, unknown>>>

/** A subgraph as data. Fields without a resolver are resolved by the fields of the rows. */
export type SubgraphFixture = {
  /** Without `@link`: every directive of Federation 2.9 is imported. */
  readonly sdl: string
  /** Values of the root query fields. */
  readonly query?: Row
  /**
   * By type name. A reference finds the row whose fields equal the reference's (required fields that the row
   * lacks are copied from the reference); without such a row the entity is null. A type that is not named
   * here resolves every reference to itself.
   */
  readonly entities?: Readonly<Record<string, readonly Row[]>>
  readonly resolvers?: Readonly<Record<string, FieldResolvers>>
  /** False leaves the SDL as it is written: a Federation 1 schema. */
  readonly link?: boolean
}

export type ExpectedError = {
  readonly path?: readonly (string | number)[]
  readonly code: string
  /** Only where the words are fixed by a specification or by the router's own documentation. */
  readonly message?: string
}

/** The answer that a client gets. */
export type Expectation = {
  readonly data: unknown
  /** In any order; none by default. */
  readonly errors?: readonly ExpectedError[]
}

/**
 * An answer that differs from the correct one, with the reason. It is tested, so that the entry cannot
 * outlive the difference.
 */
export type Difference = Expectation & { readonly why: string }

export type ConformanceCase = Expectation & {
  readonly name: string
  readonly operation: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** The answer of the reference executor if it is wrong, by its own fault or that of its plan. */
  readonly reference?: Difference
  /**
   * The reason why the reference executor is not run: it would block the event loop for minutes, or take
   * gigabytes.
   */
  readonly notByReference?: string
  /** Number of calls to each subgraph that is called. The reference executor may make others. */
  readonly calls?: Readonly<Record<string, number>>
}

/** One feature of Federation, the subgraphs that show it, and what must hold. */
export type Feature = {
  readonly name: string
  readonly subgraphs: Readonly<Record<string, SubgraphFixture>>
  /**
   * The whole graph as one object. With it, every case without expected errors is also compared with plain graphql-js
   * over the client schema: resolvers here as in a subgraph.
   */
  readonly whole?: { readonly query: Row; readonly resolvers?: Readonly<Record<string, FieldResolvers>> }
  readonly cases: readonly ConformanceCase[]
}
