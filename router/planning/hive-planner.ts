import { createRequire } from 'node:module'
import { print } from 'graphql'
import { messageOf } from '../usage-error.ts'
import { planOfHive } from './hive-plan.ts'
import type { Planner } from './planner.ts'

/** What the planner lacks of Federation: a supergraph that links one of these is not for it. */
const LACKING = /specs\.apollo\.dev\/context\//

type Native = typeof import('@graphql-hive/router-query-planner')

/** The native build, where there is one for this machine (Linux with glibc, macOS), or why there is none. */
function loadNative(): Native | string {
  try {
    // The package's own types, which require() does not carry.
    return createRequire(import.meta.url)('@graphql-hive/router-query-planner') as Native
  } catch (error) {
    return messageOf(error)
  }
}

/**
 * Hive's planner, in Rust: 1–2 ms a plan, off the event loop.
 * @returns the planner, or the reason why this supergraph or this machine cannot have it.
 */
export function hivePlanner(sdl: string): Planner | { readonly reason: string } {
  if (LACKING.test(sdl)) return { reason: 'the supergraph uses @context' }
  const native = loadNative()
  if (typeof native === 'string') return { reason: native }
  try {
    const planner = new native.QueryPlanner(sdl)
    return {
      name: 'hive',
      async plan({ definition }) {
        // In normal form an operation has no fragments of its own.
        const plan = await planner.planAsync(print(definition), definition.name?.value, new Set(), 100)
        return planOfHive(plan)
      },
      close() {},
    }
  } catch (error) {
    return { reason: messageOf(error) }
  }
}
