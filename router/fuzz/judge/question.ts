import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Fault } from '../world/fault.ts'
import type { Facts } from '../world/field-values.ts'
import type { Right } from './oracle.ts'

export type Answer = { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }

/** Whether a response has only some of its errors: the last one states the number of the others. */
export function isCutShort({ errors }: Answer): boolean {
  return errors.at(-1)?.extensions?.code === 'TOO_MANY_ERRORS'
}

/** One case with everything that its responses are compared with. */
export type Question = {
  readonly facts: Facts
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  /** The response for the whole world. */
  readonly right: Right
}
