import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Fault } from '../world/fault.ts'
import type { Facts } from '../world/field-values.ts'
import type { Right } from './oracle.ts'

export type Answer = { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }

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
