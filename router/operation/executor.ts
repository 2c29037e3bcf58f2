import type { GraphQLFormattedError } from 'graphql'
import type { RequestContext } from '../request-context.ts'
import type { RestrictedOperation } from './authorization/denied-fields.ts'
import type { Operation } from './operation.ts'

/** Compiles operations to programs. The compiled and the reference executor implement it. */
export type Executor = {
  /**
   * Plans and compiles an operation. It takes milliseconds; callers cache the result for each distinct
   * operation.
   * @param operation valid against the client schema. In one that authorization has restricted, refused
   * fields are null with an error at each place.
   * @throws if it cannot be planned: a fault of the supergraph or the planner, never of a request.
   */
  compile(operation: Operation | RestrictedOperation): Promise<Program>
}

/** An operation that can run any number of times, concurrently too. */
export type Program = {
  /**
   * @param variables coerced by the specification: of the right types, with defaults. Never rejects because
   * of subgraphs.
   */
  run(variables: Readonly<Record<string, unknown>>, context: RequestContext): Promise<Outcome>
  /** A description of the run for people. @param hasCode whether it includes the generated code. */
  explain(hasCode: boolean): string
  /** The requests that it makes, for tools. */
  plan(variables: Readonly<Record<string, unknown>>): Promise<ExposedPlan>
}

/** A query plan as Apollo's tools read it, from `extensions.apolloQueryPlan`. */
export type ExposedPlan = {
  readonly object: unknown
  readonly text: string
  /** Its requests and what each waits for, as a Mermaid flowchart. */
  readonly picture: string
}

export type Outcome = {
  /** JSON text; null if errors have made all of `data` null. */
  readonly data: string | null
  /** Errors for the client: masked, each with a code of the catalogue, and a path if it concerns a field. */
  readonly errors: readonly GraphQLFormattedError[]
  /** Whether an equal outcome is likely, which makes it worth caching its encoded bytes. */
  readonly recurs?: boolean
}
