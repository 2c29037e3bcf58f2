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

type Row = { request_hash: string; status: number | null; answer: unknown }

async function run(client: ClientBase, work: (client: ClientBase) => Promise<unknown>): Promise<Answer> {
  await client.query('SAVEPOINT work')
  try {
    return { status: 201, body: await work(client) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    await client.query('ROLLBACK TO SAVEPOINT work')
    return { status: error.status, body: { error: { code: error.code, message: error.message } } }
  }
}

/**
 * Executes a request once per idempotency key, in one transaction with its response. A repetition gets the
 * first response, refusals included. Another request with the same key is refused.
 * @param isFault true if the first request with this key is to fail
 */
export function once(
  pool: Pool,
  { key, request }: { readonly key: string; readonly request: unknown },
  isFault: (client: ClientBase) => Promise<boolean>,
  work: (client: ClientBase) => Promise<unknown>,
): Promise<Kept> {
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('base64url')
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key])
    const { rows } = await client.query<Row>('SELECT * FROM answered WHERE key = $1', [key])
    const before = rows[0]
    if (before && before.request_hash !== hash)
      throw new ApiError(409, 'key_reused', 'The idempotency key was used with another request.')
    if (before?.status != null)
      return { answer: { status: before.status, body: before.answer }, isNew: false }
    if (!before && (await isFault(client))) {
      await client.query('INSERT INTO answered (key, request_hash) VALUES ($1, $2)', [key, hash])
      return {
        answer: { status: 500, body: { error: { code: 'fault', message: 'A fault.' } } },
        isNew: false,
      }
    }
    const answer = await run(client, work)
    await client.query(
      `INSERT INTO answered (key, request_hash, status, answer) VALUES ($1, $2, $3, $4)
       ON CONFLICT (key) DO UPDATE SET status = EXCLUDED.status, answer = EXCLUDED.answer`,
      [key, hash, answer.status, JSON.stringify(answer.body)],
    )
    return { answer, isNew: true }
  })
}
