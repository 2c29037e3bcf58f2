import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { fairQueue } from '../operation/fair-queue.ts'
import { type Operation, Stopped } from '../operation/operation.ts'
import { activeTrace } from '../service/trace.ts'

/** Maximum time that a statement or transaction waits for a connection, in milliseconds. */
const MAX_WAIT_MS = 10_000
/** Connections of a pool without `max`. */
const DEFAULT_SIZE = 10

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void

type Waiter = { readonly begin: () => void; isOver: boolean }

/** The connection whose open transaction Prisma is to join, instead of taking one from the pool. */
export const pinnedConnection = new AsyncLocalStorage<pg.PoolClient>()

const TRANSACTION_CONTROL = new Set(['BEGIN', 'COMMIT', 'ROLLBACK'])

/**
 * A connection in whose transaction Prisma takes part. Its owner begins and ends the transaction and releases
 * the connection.
 */
function guestOf(connection: pg.PoolClient): pg.PoolClient {
  const query = (config: { text: string }) =>
    TRANSACTION_CONTROL.has(config.text)
      ? Promise.resolve({ rows: [], fields: [], rowCount: 0 })
      : connection.query(config)
  const nothing = () => {}
  // Prisma's adapter uses these four of a connection.
  return { query, on: nothing, removeListener: nothing, release: nothing } as unknown as pg.PoolClient
}

/** The owner of statements outside an operation: messages, timers, health checks. */
const NOBODY = Symbol('no operation')

/**
 * A connection pool that serves the waiting operations round robin, so that an operation with many statements
 * delays another by one of them, not by all. A stopped operation gets no connection; it keeps one that it has
 * until the statement or transaction ends.
 */
export class FairPool extends pg.Pool {
  readonly #places: number
  readonly #waitMs: number
  readonly #waiting = fairQueue<Operation | symbol, Waiter>('oldest first')
  #taken = 0

  constructor(config: pg.PoolConfig) {
    const { connectionTimeoutMillis: waitMs = MAX_WAIT_MS } = config
    super({ ...config, connectionTimeoutMillis: waitMs })
    this.#waitMs = waitMs
    this.#places = config.max ?? DEFAULT_SIZE
    this.on('release', () => this.#giveBack())
    // A session may end while it is idle, or before its first statement. That statement then fails. Without
    // listeners, the process would end.
    this.on('error', () => {})
    this.on('connect', (client) => client.on('error', () => {}))
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Callback): void
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const pinned = pinnedConnection.getStore()
    if (pinned && !callback) return Promise.resolve(guestOf(pinned))
    if (callback) {
      this.#ask(callback)
      return undefined
    }
    return new Promise((resolve, reject) => {
      this.#ask((error, client) => (client ? resolve(client) : reject(error)))
    })
  }

  #ask(callback: Callback): void {
    const operation = activeTrace()?.operation
    const fail = (error: Error) => callback(error, undefined, () => {})
    const begin = () => {
      this.#taken++
      super.connect((error, client, done) => {
        if (!client) this.#giveBack()
        callback(error, client, done)
      })
    }
    if (operation?.isHalted) fail(new Stopped('the operation has stopped'))
    else if (this.#taken < this.#places) begin()
    else this.#queue(operation, begin, fail)
  }

  #queue(operation: Operation | null | undefined, begin: () => void, fail: (error: Error) => void): void {
    const timer = setTimeout(() => {
      waiter.isOver = true
      fail(new Error(`no connection to the database was free for ${this.#waitMs} ms`))
    }, this.#waitMs)
    const waiter: Waiter = {
      isOver: false,
      begin() {
        clearTimeout(timer)
        if (operation?.isHalted) fail(new Stopped('the operation has stopped'))
        else begin()
      },
    }
    this.#waiting.add(operation ?? NOBODY, waiter)
  }

  #giveBack(): void {
    this.#taken--
    while (this.#taken < this.#places) {
      const next = this.#waiting.next()
      if (!next) return
      if (!next.entry.isOver) next.entry.begin()
    }
  }
}
