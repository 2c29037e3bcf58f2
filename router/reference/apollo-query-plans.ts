import { setImmediate as nextTurn } from 'node:timers/promises'
import { operationFromDocument } from '@apollo/federation-internals'
import type { QueryPlan } from '@apollo/query-planner'
import { Kind } from 'graphql'
import { definitionsOf, type Operation } from '../operation/operation.ts'
import { hiddenNumbers } from '../planning/exact-literals.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'

/** Creates Apollo's own plans, in the form that `executeQueryPlan` takes. */
export type QueryPlans = (operation: Operation) => Promise<QueryPlan>

/**
 * Apollo's planner on the event loop: 2–50 ms per plan. Plans are created one at a time, each in a turn of
 * its own, so that answers of known operations are sent between any two plans of a burst of new operations.
 */
export function queryPlans({
  planner,
  apiSchema,
  clientSchema,
}: Pick<LoadedSupergraph, 'planner' | 'apiSchema' | 'clientSchema'>): QueryPlans {
  let turn: Promise<unknown> = Promise.resolve()
  return (operation) => {
    const planned = turn.then(nextTurn).then(() => {
      const hidden = hiddenNumbers(operation, clientSchema)
      const definitions = definitionsOf(hidden?.operation ?? operation)
      const document = { kind: Kind.DOCUMENT as const, definitions }
      const plan = planner.buildQueryPlan(operationFromDocument(apiSchema, document))
      // A plan is plain data.
      return hidden ? (JSON.parse(hidden.reveal(JSON.stringify(plan), true)) as QueryPlan) : plan
    })
    turn = planned.catch(() => undefined)
    return planned
  }
}
