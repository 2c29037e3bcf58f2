import { randomBytes } from 'node:crypto'
import { untilWaiting } from '@argyle/kit/testing/at-once'
import { testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { z } from 'zod'
import { failDueRefunds } from '../sandbox-gateway/refunds.ts'
import { startSandboxGateway } from '../sandbox-gateway/server.ts'

const ledger = z.object({
  entries: z.array(
    z.object({ kind: z.string(), amountMinor: z.string(), reference: z.string(), paymentId: z.string() }),
  ),
})

/** Opens the sandbox gateway on a database of its own. It sends webhooks once their target is set. */
export async function openSandbox() {
  let webhookUrl: string | null = null
  const database = await testDatabase('sandbox_gateway')
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const key = randomBytes(16).toString('hex')
  const secret = randomBytes(16).toString('hex')
  const gateway = await startSandboxGateway({
    host: '127.0.0.1',
    port: 0,
    databaseUrl: database.url,
    key,
    webhook: { url: () => webhookUrl, secret },
    slowMs: 300,
    lateMs: 1_500,
  })
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(gateway.url + path, init)
    const body = await response.json()
    if (!response.ok) throw new Error(JSON.stringify(body))
    return body
  }
  return {
    ...gateway,
    key,
    secret,
    databaseUrl: database.url,

    /** Settings of payments for this gateway. */
    settings: {
      SANDBOX_GATEWAY_URL: gateway.url,
      SANDBOX_GATEWAY_KEY: key,
      SANDBOX_WEBHOOK_SECRET: secret,
    },

    /** A one-time token for a test card or a wallet account. */
    async token(cardOrAccount: string): Promise<string> {
      const card = { number: cardOrAccount, expMonth: 12, expYear: new Date().getFullYear() + 3, cvc: '123' }
      const body = cardOrAccount.includes('@') ? { wallet: { account: cardOrAccount } } : { card }
      const headers = { 'content-type': 'application/json' }
      const made = await ask('/v1/tokens', { method: 'POST', headers, body: JSON.stringify(body) })
      return z.object({ token: z.string() }).parse(made).token
    },

    setWebhookUrl(url: string | null) {
      webhookUrl = url
    },

    /** Rows of the gateway's database. */
    async sql<Row extends pg.QueryResultRow>(statement: string, ...values: unknown[]): Promise<Row[]> {
      return (await client.query<Row>(statement, values)).rows
    },

    /** Locks a payment until all works wait for it, which start then. */
    async whileLocked<T>(id: string, start: () => readonly Promise<T>[]): Promise<readonly Promise<T>[]> {
      const own = new pg.Client({ connectionString: database.url })
      await own.connect()
      await own.query('BEGIN')
      await own.query('SELECT 1 FROM payment WHERE id = $1 FOR UPDATE', [id])
      const works = start()
      const rows = async <R>(statement: string) => (await client.query(statement)).rows as R
      await untilWaiting({ $queryRawUnsafe: rows }, works.length, works)
      await own.query('COMMIT')
      await own.end()
      return works
    },

    /** Makes the refunds fail that were made so far: all, or those of one order. */
    async failRefunds(orderId: string | null = null): Promise<void> {
      await client.query(
        `UPDATE refund SET fails_at = now()
          WHERE $1::text IS NULL OR payment_id IN (SELECT id FROM payment WHERE reference = $1)`,
        [orderId],
      )
      const pool = new pg.Pool({ connectionString: database.url, max: 1 })
      while ((await failDueRefunds(pool)) > 0);
      await pool.end()
    },

    ledger: async () =>
      ledger.parse(await ask('/v1/ledger', { headers: { authorization: `Bearer ${key}` } })).entries,

    async close() {
      await gateway.close()
      await client.end()
      await database.drop()
    },
  }
}

export type TestSandbox = Awaited<ReturnType<typeof openSandbox>>
