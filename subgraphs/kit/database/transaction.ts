// Tested in ../../orders/prisma-client.int.test.ts: it is compared with a client that Prisma generated.

import type pg from 'pg'
import { type Committed, type OutboxRow, WRITTEN } from './committed.ts'
import {
  directSql,
  isBroken,
  type Queryable,
  type StatementOptions,
  statementOf,
  withoutValues,
} from './direct-sql.ts'
import { type FairPool, pinnedConnection } from './fair-pool.ts'
import { LATER, type Later } from './later.ts'
import { AFTER_COMMIT } from './on-commit.ts'
import { execute, type MessagePart, type Statement } from './statement.ts'

/** Time limit of a transaction, in milliseconds; then it is rolled back. */
const MAX_TRANSACTION_MS = 20_000

const FAILED = 'the transaction was rolled back: one of its statements failed'

const control = (text: string): Statement => ({ name: text, text, values: [], parserOf: () => String })
const BEGIN = control('BEGIN')
const COMMIT = control('COMMIT')

/** The part of a generated Prisma client that transactions use. */
export type ModelClient = {
  $transaction<R>(work: (tx: object) => Promise<R>): Promise<R>
}

type Options = StatementOptions & {
  readonly client: ModelClient
  readonly pool: FairPool
  readonly committed: Committed | undefined
}

/**
 * A Prisma transaction on a connection whose transaction is already open. Prisma neither begins nor ends one
 * itself.
 */
type Guest = { readonly tx: Promise<object>; leave(): Promise<void> }

function enter(client: ModelClient, connection: pg.PoolClient): Guest {
  const entered = Promise.withResolvers<object>()
  const left = Promise.withResolvers<void>()
  const over = pinnedConnection.run(connection, () =>
    client.$transaction(async (tx) => {
      entered.resolve(tx)
      await left.promise
    }),
  )
  over.catch(entered.reject)
  return {
    tx: entered.promise,
    leave() {
      left.resolve()
      return over
    },
  }
}

/** Passes the methods of a model to Prisma, which joins the transaction at the first call. */
function modelOf(name: string, joined: () => Promise<object>): object {
  const method = (called: string) => async (args: unknown) => {
    const tx = await joined()
    // The client is typed as the generated one, so Prisma's own types apply to its callers.
    const model = Reflect.get(tx, name) as Record<string, (args: unknown) => Promise<unknown>>
    return model[called]?.(args)
  }
  return new Proxy({}, { get: (_, called) => (typeof called === 'string' ? method(called) : undefined) })
}

/** Properties of the client of a transaction, for the kit. */
type Hooks = {
  readonly written: OutboxRow[] | undefined
  readonly afterwards: (() => void)[]
  readonly later: Later
}

function transactionClient(
  raw: object,
  joined: () => Promise<object>,
  { written, afterwards, later }: Hooks,
): object {
  return new Proxy(raw, {
    get(target, name) {
      if (name === WRITTEN) return written
      if (name === AFTER_COMMIT) return afterwards
      if (name === LATER) return later
      if (typeof name !== 'string' || name === 'then') return undefined
      if (name in target) return Reflect.get(target, name)
      return name.startsWith('$') ? undefined : modelOf(name, joined)
    },
  })
}

/**
 * Runs `work` in a transaction. Its raw statements are executed by node-postgres. Prisma joins the
 * transaction only if `work` uses a model, since opening an interactive transaction of Prisma costs as much
 * CPU time as three statements.
 * @throws what `work` throws, after rolling back; Error if `work` takes longer than 20 s
 */
export async function transaction<R>(
  { client, pool, committed, ...statements }: Options,
  work: (tx: object) => Promise<R>,
): Promise<R> {
  const connection = await pool.connect()
  const written: OutboxRow[] | undefined = committed?.relay ? [] : undefined
  const afterwards: (() => void)[] = []
  let isOver = false
  let isBegun = false
  /** The first statement, or BEGIN alone if Prisma comes first; null before. */
  let first: Promise<unknown> | null = null
  let guest: Guest | null = null
  /**
   * The error of a statement that failed together with deferred statements. They may never have reached
   * PostgreSQL.
   */
  let lost: { readonly cause: unknown } | null = null
  /** Statements that are sent with the next one. */
  const waiting: MessagePart[] = []
  const send = (sql: 'BEGIN' | 'ROLLBACK') => {
    statements.onQuery?.(sql)
    return connection.query(sql)
  }
  let reason = 'the transaction has ended: a statement of it came after that'
  const over = () => new Error(reason)
  const begun = () => {
    isBegun = true
  }
  /** Resolves when the transaction has begun and accepts statements. */
  const ready = async () => {
    if (isOver) throw over()
    first ??= send('BEGIN').then(begun)
    await first.catch(() => {})
    if (isOver) throw over()
    if (!isBegun) throw new Error('the transaction was not begun')
  }
  /** Sends a statement in one message, after the deferred statements and, for the first one, BEGIN. */
  const message = (statement: Statement) => {
    const before = waiting.splice(0)
    if (!first) statements.onQuery?.('BEGIN')
    const beginning = first ? [] : [{ statement: BEGIN, onDone: begun }]
    const outcome = execute(connection, statement, [...beginning, ...before])
    first ??= outcome
    outcome.catch((cause) => {
      if (before.length > 0) lost ??= { cause }
    })
    return outcome
  }
  const open: Queryable = {
    async execute(statement) {
      if (isOver || (first !== null && !isBegun)) await ready()
      return message(statement)
    },
  }
  const later: Later = {
    add({ text, values, onDone }) {
      if (isOver) throw over()
      statements.onQuery?.(text)
      waiting.push({ statement: statementOf(text, values, statements.nameOf), onDone })
    },
    async send() {
      if (waiting.length === 0) return
      if (isOver || (first !== null && !isBegun)) await ready()
      const last = waiting.pop()
      if (!last) return
      const outcome = message(last.statement)
      outcome.catch((cause) => {
        lost ??= { cause }
      })
      await outcome
      last.onDone?.()
    },
  }
  const joined = async () => {
    await later.send()
    if (isOver || !isBegun) await ready()
    guest ??= enter(client, connection)
    return guest.tx
  }
  const commit = async () => {
    // Without statements there is no transaction to end.
    if (!first && waiting.length === 0) return
    if (lost) throw new Error(FAILED, lost)
    const ended = message(COMMIT)
    statements.onQuery?.('COMMIT')
    // PostgreSQL answers ROLLBACK if a statement failed and `work` ignored the error.
    if ((await ended).command !== 'COMMIT') throw new Error(FAILED)
  }
  const timer = setTimeout(() => {
    isOver = true
    reason = `the transaction took longer than ${MAX_TRANSACTION_MS} ms`
    if (first) send('ROLLBACK').catch(() => {})
  }, MAX_TRANSACTION_MS)
  let broken: Error | boolean = false
  try {
    const hooks = { written, afterwards, later }
    const result = await work(transactionClient(directSql(open, statements), joined, hooks))
    // `guest` is set by `joined`, which the compiler does not see.
    await (guest as Guest | null)?.leave()
    if (isOver) throw over()
    isOver = true
    clearTimeout(timer)
    await commit()
    if (written && written.length > 0) committed?.relay?.publish(written)
    for (const next of afterwards) next()
    return result
  } catch (error) {
    // Work that still runs may send further statements. After ROLLBACK, those would be executed outside the
    // transaction.
    isOver = true
    clearTimeout(timer)
    await (guest as Guest | null)?.leave().catch(() => {})
    if (first)
      await send('ROLLBACK').catch((fault) => {
        broken = isBroken(fault)
      })
    throw withoutValues(error)
  } finally {
    connection.release(broken)
  }
}
