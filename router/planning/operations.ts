import type { QueryPlan } from '@apollo/query-planner'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { type AskedField, askedFields, type Operation, selectOperation } from '../operation/operation.ts'
import { type RestrictedOperation, restrict, verdictOf } from '../operation/refusal.ts'
import { type RefusalTree, refusalTree } from '../operation/refusal-tree.ts'
import type { Identity } from '../security/identity.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import type { Planner } from './planner.ts'

/** An operation ready to run for every caller who sees the same part of it. */
export type PlannedOperation = {
  readonly plan: QueryPlan
  readonly operation: Operation
  /** What to put back as null; null where nothing was refused. */
  readonly refused: { readonly operation: RestrictedOperation; readonly tree: RefusalTree } | null
}

/** What is known of one operation of one document. */
type PreparedOperation = {
  readonly operation: Operation
  readonly asked: readonly AskedField[]
  /** By verdict: what authorization leaves of the operation. Callers with one verdict share a plan. */
  readonly plans: LRUCache<string, Promise<PlannedOperation>>
}

/** The operations of one supergraph, bounded: the least recently used are forgotten. */
export type Operations = {
  /** @param hash of the document's text; `document` passed validation. */
  prepare(hash: string, document: DocumentNode, name: string | undefined): PreparedOperation
  /** Plans at most once for callers who wait at the same time; a plan that fails is not kept. */
  plan(prepared: PreparedOperation, identity: Identity): Promise<PlannedOperation>
}

/** How differently one operation may be cut: by role, mostly. */
const VERDICTS = 16

export function cachedOperations(supergraph: LoadedSupergraph, planner: Planner, limit: number): Operations {
  const prepared = new LRUCache<string, PreparedOperation>({ max: limit })
  return {
    prepare(hash, document, name) {
      const key = name ? `${hash} ${name}` : hash
      const known = prepared.get(key)
      if (known) return known
      const operation = selectOperation(document, name, supergraph)
      const fresh: PreparedOperation = {
        operation,
        asked: askedFields(operation, supergraph),
        plans: new LRUCache({ max: VERDICTS }),
      }
      prepared.set(key, fresh)
      return fresh
    },
    plan({ operation, asked, plans }, identity) {
      const verdict = asked.length === 0 ? '' : verdictOf(asked, identity)
      const known = plans.get(verdict)
      if (known) return known
      const planned = planFor(operation, supergraph, asked, verdict, planner)
      plans.set(verdict, planned)
      planned.catch(() => plans.delete(verdict))
      return planned
    },
  }
}

async function planFor(
  operation: Operation,
  supergraph: LoadedSupergraph,
  asked: readonly AskedField[],
  verdict: string,
  planner: Planner,
): Promise<PlannedOperation> {
  if (!/[UF]/.test(verdict)) return { plan: await planner(operation), operation, refused: null }
  const restricted = restrict(operation, supergraph, asked, verdict)
  const refused = { operation: restricted, tree: refusalTree(restricted, supergraph) }
  return { plan: await planner(restricted), operation: restricted, refused }
}
