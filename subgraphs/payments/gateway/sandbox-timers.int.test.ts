import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { failDueRefunds } from '../sandbox-gateway/refunds.ts'
import { startSandboxGateway } from '../sandbox-gateway/server.ts'
import { openSandbox, type TestSandbox } from '../testing/sandbox.ts'
import { sandboxClient } from '../testing/sandbox-client.ts'

/** Net of a wait for a timer of the gateway. */
const WAIT = { timeout: 30_000 }

let gateway: TestSandbox
beforeAll(async () => {
  gateway = await openSandbox()
})
afterAll(() => gateway.close())

const { ask, aPayment, capture } = sandboxClient(() => gateway)

/** A captured payment by a card, with a refund of each of these keys. */
async function refunded(number: string, ...keys: readonly string[]): Promise<string> {
  const { id } = await aPayment(number)
  await capture(id)
  for (const key of keys)
    expect((await ask(`/v1/payments/${id}/refunds`, { key, body: { amountMinor: '50' } })).status).toBe(201)
  return id
}
const shown = async (id: string) => {
  const { refundedMinor, failedRefunds } = (await ask(`/v1/payments/${id}`, { method: 'GET' })).body
  return { refundedMinor, failed: failedRefunds.map(({ key }: { key: string }) => key) }
}

test('the gateway lets due refunds fail by itself, which are shown by key, and no refund before its time', async () => {
  // The first card's refunds do not fail by themselves, so that the time is set before the gateway sees any.
  const [early, due] = [await refunded('4242424242424242', 'c'), await refunded('4000000000005126', 'b', 'a')]
  await gateway.sql(`UPDATE refund SET fails_at = now() + interval '1 hour' WHERE payment_id = $1`, early)
  await gateway.sql('UPDATE refund SET fails_at = now() WHERE payment_id = $1', due)
  await expect.poll(() => shown(due), WAIT).toEqual({ refundedMinor: '0', failed: ['a', 'b'] })
  const pool = new pg.Pool({ connectionString: gateway.databaseUrl, max: 1 })
  await failDueRefunds(pool).finally(() => pool.end())
  expect(await shown(early)).toEqual({ refundedMinor: '50', failed: [] })
})

test('a round of refunds that fails holds no webhook up', async () => {
  await gateway.sql('UPDATE webhook SET delivered_at = now()')
  const received = Promise.withResolvers<void>()
  const shop = createServer((_, response) => {
    received.resolve()
    response.writeHead(204).end()
  })
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  gateway.setWebhookUrl(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`)
  await gateway.sql('ALTER TABLE refund RENAME TO refund_away')
  try {
    await gateway.sql(
      `UPDATE webhook SET delivered_at = NULL, due_at = now() WHERE ctid = (SELECT min(ctid) FROM webhook)`,
    )
    await received.promise
  } finally {
    await gateway.sql('ALTER TABLE refund_away RENAME TO refund')
    gateway.setWebhookUrl(null)
    shop.close()
  }
})

test('a gateway whose port is taken leaves no timer running', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const started = startSandboxGateway({
      ...{ host: '127.0.0.1', port: gateway.port, databaseUrl: gateway.databaseUrl, key: gateway.key },
      webhook: { url: () => null, secret: gateway.secret },
    })
    await expect(started).rejects.toThrow('EADDRINUSE')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
