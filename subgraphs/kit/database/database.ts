import { PrismaPg } from '@prisma/adapter-pg'
import { FairPool } from './fair-pool.ts'

/** A PostgreSQL database of one subgraph. `onQuery` sees each SQL statement, for tests that count them. */
export type Database = {
  readonly url: string
  readonly poolSize?: number
  /** PostgreSQL's `statement_timeout` in milliseconds; no limit by default. */
  readonly statementMs?: number
  readonly onQuery?: (sql: string) => void
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

/** Size of the connection pool. Two cores run four statements; more would queue inside PostgreSQL. */
export const POOL_SIZE = 4
/**
 * Maximum number of prepared statements per process. `WHERE … IN` lists vary the text, so the code does not
 * bound it.
 */
const PREPARED_STATEMENTS = 500

/**
 * Names the first statements, so that PostgreSQL prepares them; returns '' for the rest. Prepared ones run
 * 20–60 % faster.
 */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= PREPARED_STATEMENTS) return ''
    const name = `s${names.size}`
    names.set(sql, name)
    return name
  }
}

/** The constructor options of a generated client that the kit passes. */
type ClientOptions = {
  adapter: PrismaPg
  log: { emit: 'event'; level: 'query' }[]
  transactionOptions: { maxWait: number; timeout: number }
}
type QueryEvents = { $on(event: 'query', listener: (event: { query: string }) => void): void }

/** Opens a subgraph's generated Prisma client. The pool connects on first use. */
export function openPrisma<Client>(
  Client: new (options: ClientOptions) => Client,
  { url, poolSize = POOL_SIZE, statementMs, onQuery }: Database,
): Client {
  const pool = new FairPool({ connectionString: url, max: poolSize, statement_timeout: statementMs })
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: statementNames(),
    onPoolError: () => {},
    onConnectionError: () => {},
  })
  const client = new Client({
    adapter,
    log: onQuery ? [{ emit: 'event', level: 'query' }] : [],
    // Wait for a connection under load instead of failing: the router's time limit ends the request.
    transactionOptions: { maxWait: 15_000, timeout: 20_000 },
  })
  // The parameter of the generated `$on` depends on the literal type of `log`, which a generic does not
  // preserve.
  if (onQuery) (client as unknown as QueryEvents).$on('query', ({ query }) => onQuery(query))
  return client
}
