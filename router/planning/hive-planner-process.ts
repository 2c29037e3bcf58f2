import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import type { QueryPlan } from '@graphql-hive/router-query-planner'
import { messageOf } from '../usage-error.ts'
import type { Answer } from './outside.ts'

/** An operation in normal form to be planned. */
export type HiveQuestion = {
  readonly text: string
  readonly labels: readonly string[]
  readonly roll: number
}

// The package's own types, which require() does not carry.
const native = createRequire(import.meta.url)(
  '@graphql-hive/router-query-planner',
) as typeof import('@graphql-hive/router-query-planner')

// Behind the router, should they share a core: its event loop does not wait for plans.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

let planner: InstanceType<typeof native.QueryPlanner> | null = null
let refusal = 'no supergraph has come'

function load(sdl: string): void {
  try {
    planner = new native.QueryPlanner(sdl)
  } catch (error) {
    refusal = messageOf(error)
  }
}

function answer({ id, text, labels, roll }: HiveQuestion & { readonly id: number }): Answer<QueryPlan> {
  if (!planner) return { id, error: refusal }
  try {
    return { id, value: planner.plan(text, undefined, new Set(labels), roll) }
  } catch (error) {
    return { id, error: messageOf(error) }
  }
}

/** The supergraph comes first, then questions. */
process.on('message', (message: { readonly sdl: string } | (HiveQuestion & { readonly id: number })) => {
  if ('sdl' in message) load(message.sdl)
  else process.send?.(answer(message))
})
