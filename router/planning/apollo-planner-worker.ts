import { parentPort, workerData } from 'node:worker_threads'
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
} from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { parse } from 'graphql'
import { messageOf } from '../usage-error.ts'

/** An operation in normal form to be planned. */
export type WorkerQuestion = { readonly id: number; readonly text: string }

export type WorkerAnswer =
  | { readonly id: number; readonly plan: QueryPlan }
  | { readonly id: number; readonly error: string }

// Validated by whoever asks for plans: the SDL has been built before.
const supergraph = Supergraph.build(String(workerData), {
  supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  validateSupergraph: false,
})
const apiSchema = supergraph.apiSchema()
const planner = new QueryPlanner(supergraph)

function answer({ id, text }: WorkerQuestion): WorkerAnswer {
  try {
    const operation = operationFromDocument(apiSchema, parse(text), { validate: false })
    const plan = planner.buildQueryPlan(operation)
    // Only what crosses the thread's border: the plan is plain data otherwise.
    return { id, plan: JSON.parse(JSON.stringify(plan)) }
  } catch (error) {
    return { id, error: messageOf(error) }
  }
}

parentPort?.on('message', (question: WorkerQuestion) => parentPort?.postMessage(answer(question)))
