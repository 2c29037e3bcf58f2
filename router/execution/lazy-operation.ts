import type { GraphQLSchema } from 'graphql'
import type { RestrictedOperation } from '../operation/authorization/denied-fields.ts'
import { normalForm } from '../operation/normalize/normalize.ts'
import type { Operation } from '../operation/operation.ts'
import type { DataKeys } from '../operation/response-keys.ts'
import type { Planned } from '../planning/planned-operation.ts'

/** Source of a program. */
export type Source = { readonly operation: Operation | RestrictedOperation; readonly planned: Planned }

/**
 * The operation's AST would be a third of a cached program, and its plan a fifth, and they are seldom needed
 * after the first run. So they are released after each run, and recreated in some tenths of a millisecond
 * when they are needed again: for other conditions, a new type, generated code.
 */
type Again = NonNullable<Operation['again']>

export type Sources = {
  read(): Source
  release(): void
}

/** @param first the source for the first use. @param keys the keys under which the operation was planned. */
export function sourcesOf(first: Source, keys: DataKeys, schema: GraphQLSchema): Sources {
  const anew = reader(first, keys, schema)
  let latest: Source | null = first
  return {
    read() {
      latest ??= anew()
      return latest
    },
    release() {
      latest = null
    },
  }
}

/** Top-level functions, since closures of one scope share its variables and keep all of them alive. */
function reader(first: Source, keys: DataKeys, schema: GraphQLSchema): () => Source {
  const { planned } = first
  const { again } = first.operation
  if (!again) return keeping(first)
  return planned.anew ? planning(again, planned.anew, keys, schema) : reading(again, planned)
}

function keeping(first: Source): () => Source {
  return () => first
}

function reading(again: Again, planned: Planned): () => Source {
  return () => ({ operation: again(), planned })
}

/** The same keys, for an equal operation, give an equal plan. */
function planning(
  again: Again,
  anew: NonNullable<Planned['anew']>,
  keys: DataKeys,
  schema: GraphQLSchema,
): () => Source {
  return () => {
    const operation = again()
    const normal = normalForm(operation, schema, keys)
    if (!normal) throw new Error('an operation that was planned selects nothing')
    return { operation, planned: anew(normal) }
  }
}
