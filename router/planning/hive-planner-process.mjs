// @ts-check
// JavaScript: what makes that of TypeScript takes 15 MB of a process, a third of all that this one has.

import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'

/** @typedef {import('./hive-planner.ts').HiveQuestion & { readonly id: number }} Question */

/** @type {typeof import('@graphql-hive/router-query-planner')} */
const { QueryPlanner } = createRequire(import.meta.url)('@graphql-hive/router-query-planner')

// Behind the router, should they share a core: its event loop does not wait for plans.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

/** @type {InstanceType<typeof QueryPlanner> | null} */
let planner = null
let refusal = 'no supergraph has come'

/** @param {string} sdl */
function load(sdl) {
  try {
    planner = new QueryPlanner(sdl)
  } catch (error) {
    refusal = String(error instanceof Error ? error.message : error)
  }
}

/**
 * @param {Question} question
 * @returns {import('./outside.ts').Answer<import('@graphql-hive/router-query-planner').QueryPlan>}
 */
function answer({ id, text, labels, roll }) {
  if (!planner) return { id, error: refusal }
  try {
    return { id, value: planner.plan(text, undefined, new Set(labels), roll) }
  } catch (error) {
    return { id, error: String(error instanceof Error ? error.message : error) }
  }
}

// The supergraph comes first, then questions.
process.on('message', (/** @type {{ readonly sdl: string } | Question} */ message) => {
  if ('sdl' in message) {
    load(message.sdl)
    process.send?.({ ready: true })
  } else process.send?.(answer(message))
})
