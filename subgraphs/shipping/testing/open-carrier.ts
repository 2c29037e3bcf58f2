import { randomBytes } from 'node:crypto'
import { testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { httpCarrier } from '../carrier/http-carrier.ts'
import { type CarrierOptions, startSimulatedCarrier } from '../simulated-carrier/server.ts'

/** The simulated carrier on a database of its own, at a free port. */
export async function openCarrier(options: Partial<CarrierOptions> & { timeoutMs?: number } = {}) {
  const database = await testDatabase('carrier')
  const { url: databaseUrl } = database
  const { timeoutMs = 10_000, ...rest } = options
  const settings: CarrierOptions = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    apiKey: randomBytes(32),
    webhookSecret: randomBytes(32),
    webhookUrl: null,
    speed: 1,
    ...rest,
  }
  let server = await startSimulatedCarrier(settings)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

  return {
    settings,
    /** URL of the server. It changes with each restart. */
    get url() {
      return server.url
    },
    /** Settings of shipping for this carrier. */
    get shippingSettings() {
      return {
        CARRIER_URL: server.url,
        CARRIER_API_KEY: text(settings.apiKey),
        CARRIER_WEBHOOK_SECRET: text(settings.webhookSecret),
      }
    },
    get carrier() {
      return httpCarrier({ url: server.url, apiKey: settings.apiKey, timeoutMs })
    },
    setWebhookUrl: (webhookUrl: string | null) => server.setWebhookUrl(webhookUrl),

    /** Runs one statement on the carrier's database. */
    sql: async <Row extends pg.QueryResultRow>(statement: string, ...values: unknown[]): Promise<Row[]> =>
      (await client.query<Row>(statement, values)).rows,

    /** Makes a parcel's tracking events up to this position occur now, and sends their webhooks. */
    async moveTo(labelId: string, position: number): Promise<void> {
      await client.query(
        `UPDATE scan SET due_at = now() - make_interval(secs => 60 - position)
          WHERE label_id = $1 AND position <= $2`,
        [labelId, position],
      )
      await client.query('UPDATE webhook SET due_at = now() WHERE label_id = $1', [labelId])
    },

    /** Sets the injected faults. */
    async break(faults: object): Promise<void> {
      const response = await fetch(new URL('/v1/faults', server.url), {
        method: 'PUT',
        headers: { authorization: `Bearer ${text(settings.apiKey)}`, 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      })
      if (!response.ok) throw new Error(await response.text())
    },

    /** Restarts the server at another speed, at another free port: its own may be taken by then. */
    async restart(speed: number): Promise<void> {
      await server.close()
      server = await startSimulatedCarrier({ ...settings, speed })
    },

    async close(): Promise<void> {
      await server.close()
      await client.end()
      await database.drop()
    },
  }
}

export type OpenCarrier = Awaited<ReturnType<typeof openCarrier>>
