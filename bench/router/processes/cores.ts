import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** The cores of the processes; null if they cannot be pinned. */
export type Cores = { readonly router: string | null; readonly others: string | null; readonly note: string }

/** The router gets the last core; the load generator and the subgraphs share the others. */
export function chooseCores(count = availableParallelism(), canPin = hasTaskset()): Cores {
  if (!canPin) return { router: null, others: null, note: 'nothing is pinned to a core: taskset is missing' }
  if (count < 2) return { router: null, others: null, note: 'one core for all: the router is not alone' }
  const others = count === 2 ? '0' : `0-${count - 2}`
  return {
    router: String(count - 1),
    others,
    note: `router on core ${count - 1}, load and subgraphs on ${others}`,
  }
}

function hasTaskset(): boolean {
  return ['/usr/bin/taskset', '/bin/taskset'].some((file) => existsSync(file))
}
