import { randomBytes, randomUUID } from 'node:crypto'
import { serveSubgraph } from '@argyle/kit/serve'
import { httpCarrier } from '@argyle/shipping/carrier/http-carrier'
import { aLabelRequest } from '@argyle/shipping/testing/a-label-request'
import pg from 'pg'
import { expect, test } from 'vitest'
import { subgraphSettings } from '../subgraphs/subgraph-settings.ts'
import { databaseOf, importSubgraph } from '../subgraphs/subgraphs.ts'
import { terminalLog } from '../terminal/log.ts'
import { migratedTemplate, testPostgres } from '../testing/test-server.ts'
import { carrierWebhookUrlOf, shippingSettings, startShopCarrier } from './simulated-carrier.ts'

const secret = () => randomBytes(32).toString('base64url')

test('the carrier of a shop takes the calls of shipping, which accepts its webhooks', async () => {
  await using opened = new AsyncDisposableStack()
  const { server, drop } = testPostgres({ templateFor: migratedTemplate })
  opened.defer(drop)
  const databaseUrl = await server.ensureDatabase(databaseOf('shipping'))
  const database = new pg.Client({ connectionString: await server.ensureDatabase(databaseOf('carrier')) })
  await database.connect()
  opened.defer(() => database.end())

  const place = { host: '127.0.0.1', port: 0, databaseUrl }
  const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
  const carrier = await startShopCarrier({ ...place, server, secrets, speed: 60 })
  opened.defer(carrier.close)
  expect((await database.query('SELECT speed FROM world')).rows).toEqual([{ speed: 60 }])
  const settings = subgraphSettings('shipping', secrets, { ...place, own: carrier.settings })
  const log = terminalLog('shipping', () => {})
  const shipping = await serveSubgraph(await importSubgraph('shipping'), { settings, log })
  opened.defer(shipping.close)

  const apiKey = Buffer.from(settings.CARRIER_API_KEY ?? '', 'base64url')
  const caller = httpCarrier({ url: carrier.url, apiKey, timeoutMs: 45_000 })
  await caller.createLabel(aLabelRequest(), randomUUID())
  await database.query('UPDATE webhook SET due_at = now()')
  carrier.setWebhookUrl(carrierWebhookUrlOf(shipping.url))
  const waiting = async () =>
    (await database.query('SELECT 1 FROM webhook WHERE delivered_at IS NULL')).rowCount
  expect(await waiting()).toBeGreaterThan(0)
  await expect.poll(waiting, { timeout: 45_000 }).toBe(0)
})

test('the settings of shipping have the address of a carrier, by default one where nobody answers', () => {
  const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
  const own = shippingSettings(secrets, 'http://127.0.0.1:4058')
  expect(own).toMatchObject({ CARRIER_URL: 'http://127.0.0.1:4058' })
  expect(shippingSettings(secrets)).toEqual({ ...own, CARRIER_URL: 'http://127.0.0.1:9' })
  const keys = [own.CARRIER_API_KEY, own.CARRIER_WEBHOOK_SECRET, own.QUOTE_KEY_SECRET]
  expect(new Set(keys).size).toBe(3)
})
