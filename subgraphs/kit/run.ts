import { BadSettings, environment } from './config.ts'
import { serveSubgraph } from './serve.ts'
import type { AnySubgraph } from './subgraph.ts'

/** Runs a subgraph as a process of its own, from its environment, until SIGTERM or SIGINT. */
export async function runSubgraph(definition: AnySubgraph): Promise<void> {
  try {
    const served = await serveSubgraph(definition, { settings: environment() })
    const stop = async () => {
      await served.close()
      process.exit(0)
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
  } catch (error) {
    const reason = error instanceof BadSettings || isUnreachable(error) ? error.message : error
    console.error(`${definition.name} did not start:`, reason)
    process.exit(1)
  }
}

/** Faults of the surroundings, told in one line: the port is taken, the database or the bus does not answer. */
function isUnreachable(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z]+$/.test(error.code)
  )
}
