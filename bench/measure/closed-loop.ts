import { messageOf } from '../failure.ts'
import { RequestFailed } from '../shop/graphql.ts'

export type Loop = {
  /** Number of concurrent calls; each connection starts its next one when the previous one is done. */
  readonly connections: number
  /** When to stop starting calls. */
  readonly until: { readonly seconds: number } | { readonly count: number }
  /** One call. @param connection number of the connection, from 0 */
  readonly work: (connection: number) => Promise<void>
  readonly signal: AbortSignal
}

export type Load = {
  /** Duration of each successful call, in milliseconds. */
  readonly latenciesMs: readonly number[]
  /** Messages of the failed calls. */
  readonly failures: readonly string[]
  /** From the first start to the last end. */
  readonly elapsedMs: number
}

/**
 * Loads a server from a fixed number of connections, like clients that wait for a response before the next
 * request.
 * @throws errors of the work, except for failed requests, which are counted
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
