import { messageOf } from '../failure.ts'
import { RequestFailed } from '../shop/graphql.ts'

export type Loop = {
  /** How many pieces of work are under way at any time; each of them begins its next one when it has done one. */
  readonly connections: number
  /** When no more are begun. */
  readonly until: { readonly seconds: number } | { readonly count: number }
  /** One piece of work. @param connection which of the connections does it, from 0 */
  readonly work: (connection: number) => Promise<void>
  readonly signal: AbortSignal
}

export type Load = {
  /** How long each piece of work took that succeeded, in milliseconds. */
  readonly latenciesMs: readonly number[]
  /** What the others said. */
  readonly failures: readonly string[]
  /** From the first beginning to the last end. */
  readonly elapsedMs: number
}

/**
 * Loads a server from a fixed number of connections, as clients do that wait for an answer before they ask again.
 * @throws what the work throws, failed requests excepted: those are counted
 */
export async function closedLoop({ connections, until, work, signal }: Loop): Promise<Load> {
  const latenciesMs: number[] = []
  const failures: string[] = []
  const started = performance.now()
  const deadline = 'seconds' in until ? started + until.seconds * 1_000 : Number.POSITIVE_INFINITY
  let left = 'count' in until ? until.count : Number.POSITIVE_INFINITY
  const repeat = async (connection: number) => {
    while (left-- > 0 && performance.now() < deadline && !signal.aborted) {
      const began = performance.now()
      try {
        await work(connection)
        latenciesMs.push(performance.now() - began)
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error
        failures.push(messageOf(error))
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, connection) => repeat(connection)))
  signal.throwIfAborted()
  return { latenciesMs, failures, elapsedMs: performance.now() - started }
}
