import type { GraphQLFormattedError } from 'graphql'
import type { RequestContext } from '../request-context.ts'
import type { RestrictedOperation } from './authorization/denied-fields.ts'
import type { Operation } from './operation.ts'

/** Makes programs of operations: the seam between the compiled executor and the reference. */
export type Executor = {
  /**
   * Plans an operation and makes it runnable. Costs milliseconds: once for each distinct operation, kept by the caller.
   * @param operation valid against the client schema; a restricted one as authorization has left it, whose refused
   * fields come back as null with an error at each place.
   * @throws where no plan can be made: a fault of the supergraph or of the planner, never of a request.
   */
  compile(operation: Operation | RestrictedOperation): Promise<Program>
}

/** An operation that runs any number of times, also at once. */
export type Program = {
  /**
   * @param variables coerced by the specification: of the right types, defaults filled in.
   * Never rejects for what subgraphs do.
   */
  run(variables: Readonly<Record<string, unknown>>, context: RequestContext): Promise<Outcome>
  /** How the response is made, for a human. @param hasCode whether the generated code stands there too. */
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
  /** JSON text; null where an error left nothing of `data`. */
  readonly data: string | null
  /** Ready for the client: masked, each with a code of the catalogue, and a path where it concerns a field. */
  readonly errors: readonly GraphQLFormattedError[]
  /** Whether just this outcome is likely to come again, which makes it worth keeping what becomes of it. */
  readonly recurs?: boolean
}
