import { PrismaPg } from '@prisma/adapter-pg'
import { FairPool } from './fair-pool.ts'

/** A PostgreSQL database of one subgraph. `onQuery` sees each SQL statement, for tests that count them. */
export type Database = {
  readonly url: string
  readonly poolSize?: number
  /** Milliseconds after which PostgreSQL ends a statement; no limit unless told. */
  readonly statementMs?: number
  readonly onQuery?: (sql: string) => void
}

/** A transaction as the kit uses it: plain parameterised SQL. Every generated Prisma transaction client fits. */
export interface Tx {
  $queryRawUnsafe<T = unknown>(sql: string, ...values: unknown[]): PromiseLike<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>
}

/** A Prisma client as the kit uses it. */
export interface PrismaLike extends Tx {
  $transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R>
  $disconnect(): Promise<void>
}

/** The transaction client of a generated Prisma client, as Prisma itself derives it. */
export type TransactionOf<Client> = Omit<
  Client,
  '$connect' | '$disconnect' | '$on' | '$use' | '$extends' | '$transaction'
>

/** Four connections serve one service on two cores: more only queue inside PostgreSQL. */
export const POOL_SIZE = 4
/** Prepared statements per process. Lists in WHERE … IN change the text, so the texts are not bounded by the code. */
const PREPARED_STATEMENTS = 500

/** Names the first statements for preparation; '' leaves the rest unprepared. Prepared ones run 20–60 % faster. */
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

/** How a generated client is constructed, reduced to what the kit passes. */
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
    // A burst waits for a connection instead of failing: the router's own time limit is the one that counts.
    transactionOptions: { maxWait: 15_000, timeout: 20_000 },
  })
  // The generated type of $on depends on the log option's literal type, which does not pass through a generic.
  if (onQuery) (client as unknown as QueryEvents).$on('query', ({ query }) => onQuery(query))
  return client
}
