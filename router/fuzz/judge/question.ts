import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Fault } from '../world/fault.ts'
import type { Facts } from '../world/field-values.ts'
import type { Right } from './oracle.ts'

export type Answer = { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }

/** Whether an answer lists a part of its errors: the last one counts the others. */
export function isCutShort({ errors }: Answer): boolean {
  return errors.at(-1)?.extensions?.code === 'TOO_MANY_ERRORS'
}

/** One case with everything that its answers are held against. */
export type Question = {
  readonly facts: Facts
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  /** Answer of the whole world. */
  readonly right: Right
}
