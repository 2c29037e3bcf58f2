import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Tx } from '../database/database.ts'
import { isBroken } from '../database/direct-sql.ts'
import { statementNames } from '../database/statement-names.ts'
import { reasonOf } from '../service/reason.ts'
import { reconnectMs } from './relay-poll.ts'

/** The channel on which a process without a relay notifies others of its new rows: see `appendEvents`. */
export const OUTBOX_CHANNEL = 'outbox_relay'

/** Time limit for connecting. */
const CONNECT_MS = 5_000
/** Time limit of a statement of the relay. After it the connection is replaced. */
const STATEMENT_MS = 10_000

// Commits of claims and marks do not wait for the disk. After a crash, lost ones are made again, and the
// inbox ignores messages that are published twice.
const SET_UP = `SET synchronous_commit = off; LISTEN ${OUTBOX_CHANNEL}`

export type OutboxConnection = {
  /** The connection's statements; null while there is no connection. */
  sql(): Tx | null
  close(): Promise<void>
}

type Options = {
  readonly url: string
  readonly log: Logger
  /** Called for each notification, and for each new connection: one may have been missed before it. */
  readonly onNews: () => void
  /** Milliseconds; 10 s by default. */
  readonly statementMs?: number
  /** Milliseconds before a lost connection is opened again, by the number of failed attempts; `reconnectMs` by default. */
  readonly pauseMs?: (attempts: number) => number
}

function txOf(client: pg.Client, replace: () => void): Tx {
  const nameOf = statementNames()
  const query = async (text: string, values: unknown[]) => {
    try {
      return await client.query({ name: nameOf({ sql: text }), text, values })
    } catch (error) {
      // The connection is replaced after a timeout too: node-postgres keeps it, and all further statements
      // would wait for the one without an answer.
      if (isBroken(error)) replace()
      throw error
    }
  }
  return {
    // The relay states the row type of its own statement.
    $queryRawUnsafe: async <T>(text: string, ...values: unknown[]) => (await query(text, values)).rows as T,
    $executeRawUnsafe: async (text, ...values) => (await query(text, values)).rowCount ?? 0,
  }
}

/**
 * The relay's own connection, one per process: it listens, and it claims and marks rows without waiting for a
 * connection of the pool or for the disk. It is opened again whenever it is lost; until then the relay polls, and uses
 * the pool.
 */
export function outboxConnection({
  url,
  log,
  onNews,
  statementMs = STATEMENT_MS,
  pauseMs = reconnectMs,
}: Options): OutboxConnection {
  const closing = new AbortController()
  const { signal } = closing
  let current: Tx | null = null

  /** Resolves when the connection has ended, for whatever reason. */
  async function hold(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: statementMs,
      keepAlive: true,
      application_name: OUTBOX_CHANNEL,
    })
    const end = () => void client.end().catch(() => {})
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve)
      client.on('error', end)
    })
    const stopped = Promise.withResolvers<void>()
    const stop = () => {
      end()
      stopped.resolve()
    }
    client.on('notification', onNews)
    signal.addEventListener('abort', stop, { once: true })
    const open = async () => {
      await client.connect()
      await client.query(SET_UP)
      current = txOf(client, end)
      onNews()
    }
    try {
      // `connect` never settles if the client is ended meanwhile.
      await Promise.race([open(), stopped.promise])
      await ended
    } finally {
      current = null
      signal.removeEventListener('abort', stop)
      await client.end().catch(() => {})
    }
  }

  async function keep(): Promise<void> {
    for (let attempts = 0; !signal.aborted; attempts++) {
      try {
        await hold()
        attempts = 0
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'the outbox is only polled: the listening connection is lost')
      }
      await pause(pauseMs(attempts), undefined, { signal }).catch(() => {})
    }
  }

  const kept = keep()
  return {
    sql: () => current,
    async close() {
      closing.abort()
      await kept
    },
  }
}
