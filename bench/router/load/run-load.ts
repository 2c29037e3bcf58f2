import type { AnswerCheck } from './answer-check.ts'
import { type Connection, openConnection, postRequest } from './connection.ts'
import { type Latencies, record } from './latencies.ts'
import type { Answered } from './response-reader.ts'

export type Load = {
  readonly port: number
  readonly path: string
  /** GraphQL requests as JSON text. */
  readonly bodies: readonly string[]
  /** Indexes into `bodies`, sent in this order, again from the start after the last. */
  readonly order: readonly number[]
  readonly connections: number
  /** Time during which requests are started. */
  readonly milliseconds: number
  /** Maximum number of requests. */
  readonly atMost?: number
}

export type LoadResult = {
  readonly requests: number
  /** From the first request to the last answer. */
  readonly milliseconds: number
  readonly latencies: Latencies
  /** The first error. */
  readonly fault: Fault | null
}

/**
 * `refused`: an HTTP status other than 200, a timeout, or a broken connection; `wrong`: an unexpected answer.
 */
export type Fault = { readonly kind: 'refused' | 'wrong'; readonly detail: string }

/** Grace period for answers to requests that were started in time. */
const GRACE_MS = 30_000

/** Keeps `connections` requests in flight and checks each answer; ends at the first error. */
export async function runLoad(load: Load, check: AnswerCheck): Promise<LoadResult> {
  const requests = load.bodies.map((body) => postRequest(load.path, body))
  const latencies: Latencies = []
  const connections: Connection[] = []
  let sent = 0
  let answered = 0
  let fault: Fault | null = null
  let begun = performance.now()
  let ended = begun
  let patience: NodeJS.Timeout | undefined
  await new Promise<void>((resolve, reject) => {
    const failed = (kind: Fault['kind'], detail: string) => {
      fault ??= { kind, detail }
      resolve()
    }
    const mayBegin = () =>
      fault === null && sent < (load.atMost ?? Infinity) && performance.now() - begun < load.milliseconds
    let running = load.connections
    const worker = async () => {
      let index = 0
      let since = 0
      const next = () => {
        if (!mayBegin()) {
          if (--running === 0) resolve()
          return
        }
        index = load.order[sent++ % load.order.length] ?? 0
        since = performance.now()
        connection.send(requests[index] ?? Buffer.alloc(0))
      }
      const onAnswer = (got: Answered) => {
        ended = performance.now()
        record(latencies, ended - since)
        answered++
        if (got.status !== 200) return failed('refused', describe(got, load.bodies[index]))
        if (!check.isRight(index, got.body)) return failed('wrong', describe(got, load.bodies[index]))
        next()
      }
      const connection = await openConnection(load.port, onAnswer, (reason) => failed('refused', reason))
      connections.push(connection)
      return next
    }
    patience = setTimeout(() => failed('refused', 'answers are missing'), load.milliseconds + GRACE_MS)
    Promise.all(Array.from({ length: load.connections }, worker)).then((starts) => {
      begun = performance.now()
      for (const start of starts) start()
    }, reject)
  })
  clearTimeout(patience)
  for (const connection of connections) connection.close()
  return { requests: answered, milliseconds: ended - begun, latencies, fault }
}

function describe({ status, body }: Answered, request = ''): string {
  return `status ${status}, ${body.length} bytes: ${body.toString('utf8', 0, 300)} … to ${request.slice(0, 200)}`
}
