import { createRequire } from 'node:module'
import type { Asked, Planned } from './isolated-hive.ts'

// The package's own types, which require() does not carry.
const native = createRequire(import.meta.url)(
  '@graphql-hive/router-query-planner',
) as typeof import('@graphql-hive/router-query-planner')

let planner: InstanceType<typeof native.QueryPlanner> | null = null

function answer({ sdl, text, labels, roll }: Asked): Planned {
  try {
    if (sdl !== null) {
      planner = null
      planner = new native.QueryPlanner(sdl)
    }
    if (!planner) return { error: "Hive's planner refuses the supergraph" }
    return { plan: planner.plan(text, undefined, new Set(labels), roll) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (asked: Asked) => process.send?.(answer(asked)))
