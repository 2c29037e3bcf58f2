import { BadSettings, environment } from './config.ts'
import { type ServeOptions, serveSubgraph } from './serve.ts'
import { StartFailure } from './start-failure.ts'
import type { AnySubgraph } from './subgraph.ts'

/** Signals that stop a subgraph. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Runs a subgraph as a process, configured by its environment, until SIGTERM or SIGINT; a second signal ends
 * it at once. If it cannot start because of its environment, it prints one line without a stack and exits
 * with 1.
 */
export async function runSubgraph(
  definition: AnySubgraph,
  options: Omit<ServeOptions, 'settings'> = {},
): Promise<void> {
  try {
    const served = await serveSubgraph(definition, { ...options, settings: environment() })
    const stop = () => {
      // The next signal, of either kind, has its default effect.
      for (const signal of SIGNALS) process.off(signal, stop)
      served.close().then(
        () => process.exit(0),
        (error) => end(`${definition.name} did not stop cleanly:`, error),
      )
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  } catch (error) {
    const isExplained = error instanceof BadSettings || error instanceof StartFailure
    end(`${definition.name} did not start:`, isExplained ? error.message : error)
  }
}

function end(...lines: unknown[]): never {
  console.error(...lines)
  process.exit(1)
}
