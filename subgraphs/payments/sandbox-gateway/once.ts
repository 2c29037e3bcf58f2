// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import { createHash } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'
import { ApiError } from './api-error.ts'
import { inTransaction } from './rows.ts'

export type Answer = { readonly status: number; readonly body: unknown }

export type Kept = {
  readonly answer: Answer
  /** True if this call executed the request; false if it returns the first response again. */
  readonly isNew: boolean
}

type Row = { readonly request_hash: string; readonly status: number | null; readonly answer: unknown }
type Keyed = { readonly key: string; readonly hash: string }

// Waits for a concurrent request with the same key. A key without a response had a fault, and gets its
// response now.
const BEGIN = `
INSERT INTO answered AS a (key, request_hash) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET key = a.key RETURNING request_hash, status, answer, xmax = 0 AS "isFirst"`
const KEEP = 'UPDATE answered SET status = $2, answer = $3 WHERE key = $1'
const FAULT: Answer = { status: 500, body: { error: { code: 'fault', message: 'A fault.' } } }

/** A refusal of the work, whose transaction is rolled back. */
class Refusal extends Error {
  readonly answer: Answer

  constructor({ status, code, message }: ApiError) {
    super(message)
    this.answer = { status, body: { error: { code, message } } }
  }
}

/** Claims a key until the transaction ends. @returns the response if it has one @throws ApiError for another request */
async function claim(client: ClientBase, { key, hash }: Keyed): Promise<Kept | 'first' | 'again'> {
  const { rows } = await client.query<Row & { isFirst: boolean }>(BEGIN, [key, hash])
  const [row] = rows
  if (!row) throw new Error(`the key ${key} was not claimed`)
  if (row.request_hash !== hash)
    throw new ApiError(409, 'key_reused', 'The idempotency key was used with another request.')
  if (row.status !== null) return { answer: { status: row.status, body: row.answer }, isNew: false }
  return row.isFirst ? 'first' : 'again'
}

async function keep(client: ClientBase, { key }: Keyed, { status, body }: Answer): Promise<void> {
  await client.query(KEEP, [key, status, JSON.stringify(body)])
}

/**
 * Executes a request once per idempotency key, in one transaction with its response. A repetition gets the
 * first response, refusals included. The writes of a refused request are rolled back. Another request with
 * the same key is refused.
 * @param isFault true if the first request with this key is to fail
 */
export async function once(
  pool: Pool,
  { key, request }: { readonly key: string; readonly request: unknown },
  isFault: () => boolean,
  work: (client: ClientBase) => Promise<unknown>,
): Promise<Kept> {
  const asked = { key, hash: createHash('sha256').update(JSON.stringify(request)).digest('base64url') }
  try {
    return await inTransaction(pool, async (client) => {
      const before = await claim(client, asked)
      if (typeof before === 'object') return before
      if (before === 'first' && isFault()) return { answer: FAULT, isNew: false }
      const answer = { status: 201, body: await work(client).catch(refused) }
      await keep(client, asked, answer)
      return { answer, isNew: true }
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { answer } = error
    return inTransaction(pool, async (client) => {
      const before = await claim(client, asked)
      if (typeof before === 'object') return before
      await keep(client, asked, answer)
      return { answer, isNew: true }
    })
  }
}

function refused(error: unknown): never {
  throw error instanceof ApiError ? new Refusal(error) : error
}

/**
 * Whether the request of a key was executed. A key that was never used, was refused or had a fault was not
 * executed.
 */
export async function isDone(pool: Pool, key: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM answered WHERE key = $1 AND status < 300', [key])
  return rowCount === 1
}
