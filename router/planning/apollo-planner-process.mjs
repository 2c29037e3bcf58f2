// @ts-check
// JavaScript: what makes that of TypeScript takes 15 MB of a process.

import { constants, setPriority } from 'node:os'
import {
  operationFromDocument,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
} from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'
import { parse } from 'graphql'

/** @typedef {import('./apollo-planner.ts').ApolloQuestion & { readonly id: number }} Question */

// Behind the router, should they share a core: its stalls went from 13 to 6 ms (p99).
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

/** @type {((question: Question) => string) | null} */
let plan = null
let refusal = 'no supergraph has come'

/** @param {string} sdl */
function load(sdl) {
  try {
    // Not validated: whoever asks for plans has built it before.
    const supergraph = Supergraph.build(sdl, {
      supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
      validateSupergraph: false,
    })
    const apiSchema = supergraph.apiSchema()
    const planner = new QueryPlanner(supergraph)
    plan = ({ text, labels }) => {
      const operation = operationFromDocument(apiSchema, parse(text), { validate: false })
      const overrideConditions = new Map(labels.map((label) => [label, true]))
      return JSON.stringify(planner.buildQueryPlan(operation, { overrideConditions }))
    }
  } catch (error) {
    refusal = messageOf(error)
  }
}

/**
 * @param {Question} question
 * @returns {import('./outside.ts').Answer<string>}
 */
function answer(question) {
  if (!plan) return { id: question.id, error: refusal }
  try {
    return { id: question.id, value: plan(question) }
  } catch (error) {
    return { id: question.id, error: messageOf(error) }
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}

// The supergraph comes first, then questions.
process.on('message', (/** @type {{ readonly sdl: string } | Question} */ message) => {
  if ('sdl' in message) {
    load(message.sdl)
    process.send?.({ ready: true })
  } else process.send?.(answer(message))
})
