// Tested in ../service/run.int.test.ts: the test checks a service.

import { PrismaPg } from '@prisma/adapter-pg'
import type { Committed } from './committed.ts'
import { directSql, pooledQueryable, type StatementOptions } from './direct-sql.ts'
import { FairPool } from './fair-pool.ts'
import { statementNames } from './statement-names.ts'
import { type ModelClient, transaction } from './transaction.ts'

/** A PostgreSQL database of one subgraph. `onQuery` sees each SQL statement, for tests that count them. */
export type Database = {
  readonly url: string
  readonly poolSize?: number
  /** PostgreSQL's `statement_timeout` in milliseconds; no limit by default. */
  readonly statementMs?: number
  /** Maximum time that a statement or transaction waits for a connection, in milliseconds; 10 s by default. */
  readonly waitMs?: number
  readonly onQuery?: (sql: string) => void
  /** Receives the messages of each transaction after its commit. */
  readonly committed?: Committed
}

/**
 * A transaction for the kit: plain parameterised SQL. Every generated Prisma transaction client has this
 * type.
 */
export interface Tx {
  $queryRawUnsafe<T = unknown>(sql: string, ...values: unknown[]): PromiseLike<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>
}

/** A Prisma client for the kit. */
export interface PrismaLike extends Tx {
  $transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R>
  $disconnect(): Promise<void>
}

/** The transaction client of a generated Prisma client, as Prisma itself derives it. */
export type TransactionOf<Client> = Omit<
  Client,
  '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'
>

/**
 * Share of `statement_timeout` for which a statement waits for a lock: shorter, so that the error tells a lock that another session holds
 * from a slow statement.
 */
const LOCK_SHARE = 2 / 3
/** Size of the connection pool. Two cores run four statements; more would queue inside PostgreSQL. */
export const POOL_SIZE = 4
/** The constructor options of a generated client that the kit passes. */
type ClientOptions = {
  adapter: PrismaPg
  log: { emit: 'event'; level: 'query' }[]
  transactionOptions: { maxWait: number; timeout: number }
}
type QueryEvents = { $on(event: 'query', listener: (event: { query: string }) => void): void }

const limitsOf = (statementMs: number) => ({
  statement_timeout: statementMs,
  lock_timeout: Math.ceil(statementMs * LOCK_SHARE),
})

/** BEGIN and the like of Prisma's part in a transaction that is ours. */
const TRANSACTION_CONTROL = /^(BEGIN|COMMIT|ROLLBACK)$/

/** A generated client whose raw statements and transactions bypass Prisma's query interpreter. */
function direct<Client extends object>(
  client: Client,
  { pool, committed, ...statements }: StatementOptions & { pool: FairPool; committed: Committed | undefined },
): Client {
  // Every generated client has these two.
  const { $transaction, $disconnect } = client as unknown as ModelClient & { $disconnect(): Promise<void> }
  const models: ModelClient = { $transaction: $transaction.bind(client) }
  let ended: Promise<void> | undefined
  const own = {
    ...directSql(pooledQueryable(pool), statements),
    $transaction(work: unknown, ...options: unknown[]): Promise<unknown> {
      if (typeof work !== 'function' || options.length > 0)
        throw new TypeError('a transaction takes one function, and no options')
      return transaction({ client: models, pool, committed, ...statements }, (tx) => work(tx))
    },
    $disconnect() {
      ended ??= $disconnect.call(client).then(() => pool.end())
      return ended
    },
  }
  const isOwn = (name: string | symbol): name is keyof typeof own => Object.hasOwn(own, name)
  return new Proxy(client, { get: (target, name) => (isOwn(name) ? own[name] : Reflect.get(target, name)) })
}

/**
 * Opens a subgraph's generated Prisma client. Its raw statements and transactions go straight to node-postgres
 * (`direct-sql`, `transaction`). The pool connects on first use.
 */
export function openPrisma<Client extends object>(
  Client: new (options: ClientOptions) => Client,
  { url, poolSize = POOL_SIZE, statementMs, waitMs, onQuery, committed }: Database,
): Client {
  const limits = statementMs === undefined ? {} : limitsOf(statementMs)
  const pool = new FairPool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: waitMs,
    ...limits,
  })
  const nameOf = statementNames()
  const client = new Client({
    adapter: new PrismaPg(pool, { statementNameGenerator: nameOf }),
    log: onQuery ? [{ emit: 'event', level: 'query' }] : [],
    // Wait for a connection under load instead of failing: the router's time limit ends the request.
    transactionOptions: { maxWait: 15_000, timeout: 20_000 },
  })
  // The parameter of the generated `$on` depends on the literal type of `log`, which a generic does not
  // preserve.
  if (onQuery)
    (client as unknown as QueryEvents).$on('query', ({ query }) => {
      if (!TRANSACTION_CONTROL.test(query)) onQuery(query)
    })
  return direct(client, { pool, committed, nameOf, onQuery })
}
