import { randomBytes, randomUUID } from 'node:crypto'
import { money } from '@argyle/kit/money'
import { serveSubgraph } from '@argyle/kit/serve'
import { sandboxGateway } from '@argyle/payments/gateway/sandbox-gateway'
import pg from 'pg'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { subgraphSettings } from '../subgraphs/subgraph-settings.ts'
import { databaseOf, importSubgraph } from '../subgraphs/subgraphs.ts'
import { terminalLog } from '../terminal/log.ts'
import { migratedTemplate, testPostgres } from '../testing/test-server.ts'
import { gatewaySettings, startShopGateway, webhookUrlOf } from './sandbox-gateway.ts'

const secret = () => randomBytes(32).toString('base64url')
const secretsOf = () => ({ internalTokenMasterKey: secret(), signingKeySecret: secret() })

test('the gateway of a shop takes the calls of payments, which accepts its webhooks', async () => {
  await using opened = new AsyncDisposableStack()
  const { server, drop } = testPostgres({ templateFor: migratedTemplate })
  opened.defer(drop)
  const databaseUrl = await server.ensureDatabase(databaseOf('payments'))
  const connectionString = await server.ensureDatabase(databaseOf('sandbox_gateway'))
  const database = new pg.Client({ connectionString })
  await database.connect()
  opened.defer(() => database.end())

  const place = { host: '127.0.0.1', port: 0, databaseUrl }
  const secrets = secretsOf()
  const gateway = await startShopGateway({ ...place, server, secrets, speed: 7 })
  opened.defer(gateway.close)
  const settings = subgraphSettings('payments', secrets, { ...place, own: gateway.settings })
  const log = terminalLog('payments', () => {})
  const payments = await serveSubgraph(await importSubgraph('payments'), { settings, log })
  opened.defer(payments.close)

  const caller = sandboxGateway({
    ...{ url: gateway.url, publicUrl: gateway.url, webhookSecret: '', returnUrl: null },
    key: settings.SANDBOX_GATEWAY_KEY ?? '',
  })
  const card = { number: '4242424242424242', expMonth: 12, expYear: new Date().getFullYear() + 1, cvc: '123' }
  const made = await fetch(new URL('/v1/tokens', gateway.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ card }),
  })
  const { token } = z.object({ token: z.string() }).parse(await made.json())
  const method = await caller.attach({ key: randomUUID(), token })
  await caller.authorize({
    ...{ key: randomUUID(), attempt: 1, methodRef: method.ok ? method.value.ref : '' },
    ...{ amount: money(500n, 'EUR'), orderId: 'ord_1', orderNumber: null },
  })
  // A week, at this speed.
  const day = `SELECT authorized_until - created_at = interval '1 day' AS "isDay" FROM payment`
  expect((await database.query(day)).rows).toEqual([{ isDay: true }])
  const waiting = async () =>
    (await database.query('SELECT 1 FROM webhook WHERE delivered_at IS NULL')).rowCount
  expect(await waiting()).toBe(1)
  gateway.setWebhookUrl(webhookUrlOf(payments.url))
  await expect.poll(waiting, { timeout: 45_000 }).toBe(0)
})

test('the settings of payments have the address of a gateway, for browsers on this machine too', () => {
  const secrets = secretsOf()
  const own = gatewaySettings(secrets, 'http://127.0.0.1:4050')
  const at = { SANDBOX_GATEWAY_URL: 'http://127.0.0.1:4050', SANDBOX_PUBLIC_URL: 'http://localhost:4050' }
  expect(own).toMatchObject({ PAYMENT_GATEWAY: 'sandbox', ...at })
  const nowhere = { SANDBOX_GATEWAY_URL: 'http://127.0.0.1:9', SANDBOX_PUBLIC_URL: 'http://localhost:9' }
  expect(gatewaySettings(secrets)).toEqual({ ...own, ...nowhere })
  expect(own.SANDBOX_GATEWAY_KEY).not.toBe(own.SANDBOX_WEBHOOK_SECRET)
})
