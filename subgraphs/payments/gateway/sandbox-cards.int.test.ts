import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failDueRefunds } from '../sandbox-gateway/refunds.ts'
import { startSandboxGateway } from '../sandbox-gateway/server.ts'
import { openSandbox, type TestSandbox } from '../testing/sandbox.ts'
import { sandboxClient } from '../testing/sandbox-client.ts'
import { readSignedWebhook } from './webhook-signature.ts'

let gateway: TestSandbox
beforeAll(async () => {
  gateway = await openSandbox()
})
afterAll(() => gateway.close())

const { ask, aSource, payment, aPayment, capture, refund } = sandboxClient(() => gateway)
const shown = async (id: string) => (await ask(`/v1/payments/${id}`, { method: 'GET' })).body

const NEW = {
  ...{ id: expect.stringMatching(/^gpy_/), reference: 'ord_1', currency: 'EUR', amountMinor: '500' },
  ...{ authorizedMinor: '0', capturedMinor: '0', refundedMinor: '0', actionUrl: null },
  ...{ authorizedUntil: null, failure: null, failedRefunds: [], disputes: [] },
}
const HELD = { authorizedMinor: '500', authorizedUntil: expect.stringMatching(/^\d{4}-.*Z$/) }

test('a payment is shown with each of its amounts, and with what its status has alone', async () => {
  const approved = await aPayment()
  expect(approved).toEqual({ ...NEW, ...HELD, status: 'AUTHORIZED' })
  await capture(approved.id, '450')
  await refund(approved.id, '50')
  const amounts = { capturedMinor: '450', refundedMinor: '50' }
  expect(await shown(approved.id)).toEqual({ ...NEW, ...HELD, ...amounts, status: 'CAPTURED' })
  const failure = { code: 'expired_card', message: 'The card has expired.', retryable: false }
  expect(await aPayment('4000000000000069')).toEqual({ ...NEW, status: 'DECLINED', failure })
  const asked = await aPayment('4000000000003220')
  const actionUrl = expect.stringContaining(`${gateway.url}/action/act_`)
  expect(asked).toEqual({ ...NEW, status: 'REQUIRES_ACTION', actionUrl })
  const { pathname } = new URL(asked.actionUrl)
  await ask(pathname, { body: { decision: 'approve' } })
  expect(await shown(asked.id)).toEqual({ ...NEW, ...HELD, status: 'AUTHORIZED' })
})

test('a disputed payment shows its dispute, and one whose refund failed shows the refund', async () => {
  const [disputed, refunded] = [await aPayment('4000000000000259'), await aPayment('4000000000005126')]
  const newsOf = async (id: string) => {
    const rows = await gateway.sql<{ type: string }>('SELECT type FROM webhook WHERE payment_id = $1', id)
    return rows.map(({ type }) => type).toSorted()
  }
  await capture(disputed.id, '450')
  const changed = ['payment.changed', 'payment.changed']
  expect(await newsOf(disputed.id)).toEqual([...changed, 'payment.disputed'])
  const dispute = { id: expect.stringMatching(/^gds_/), reason: 'fraudulent', status: 'OPEN' }
  expect((await shown(disputed.id)).disputes).toEqual([{ ...dispute, amountMinor: '450' }])
  await capture(refunded.id)
  const key = randomUUID()
  await ask(`/v1/payments/${refunded.id}/refunds`, { key, body: { amountMinor: '50' } })
  // The card's refund fails ten seconds later.
  const due = `SELECT r.key, extract(epoch FROM r.fails_at - e.at)::int AS seconds
    FROM refund r JOIN entry e ON e.payment_id = r.payment_id AND e.kind = 'REFUND'`
  expect(await gateway.sql(`${due} WHERE r.fails_at IS NOT NULL`)).toEqual([{ key, seconds: 10 }])
  await gateway.failRefunds()
  const failedRefunds = [{ key, code: 'account_closed', message: 'The account of the card is closed.' }]
  expect(await shown(refunded.id)).toMatchObject({ refundedMinor: '0', failedRefunds })
  expect(await newsOf(refunded.id)).toEqual([...changed, 'payment.refund_failed', 'payment.refunded'])
})

test('a refund fails once, however many find it due at once', async () => {
  const { id } = await aPayment('4000000000005126')
  await capture(id)
  await refund(id, '50')
  await gateway.sql('UPDATE refund SET fails_at = now() WHERE payment_id = $1', id)
  const pool = new pg.Pool({ connectionString: gateway.databaseUrl, max: 2 })
  await Promise.all(await gateway.whileLocked(id, () => [1, 2].map(() => failDueRefunds(pool))))
  await pool.end()
  expect(await shown(id)).toMatchObject({ refundedMinor: '0', failedRefunds: [{}] })
  const kinds = (await gateway.ledger()).filter(({ paymentId }) => paymentId === id).map(({ kind }) => kind)
  expect(kinds).toEqual(['AUTHORIZE', 'CAPTURE', 'REFUND', 'REFUND_FAILED'])
})

test('the reason of a refund has up to 500 characters', async () => {
  const { id } = await aPayment()
  await capture(id)
  const statusOf = async (reason: string) =>
    (await ask(`/v1/payments/${id}/refunds`, { body: { amountMinor: '1', reason } })).status
  const reasons = ['🧦'.repeat(500), 'a'.repeat(500), 'a'.repeat(501), '🧦'.repeat(501)]
  const statuses = []
  for (const reason of reasons) statuses.push(await statusOf(reason))
  expect(statuses).toEqual([201, 201, 422, 422])
})

test.each([
  ['as usual', '4242424242424242', [0], [0]],
  ['twice', '4000000000000051', [0, 0], [0, 0]],
  ['20 seconds late', '4000000000000077', [20], [20]],
  ['with the first after the second', '4000000000000085', [4], [0]],
])('the webhooks of an authorization and its capture are due %s', async (_, number, held, captured) => {
  const { id } = await aPayment(number)
  // A change of a payment, its entry and its webhooks are of one moment.
  const due = () =>
    gateway.sql<{ id: string; late: number }>(
      `SELECT id, extract(epoch FROM due_at - (SELECT max(at) FROM entry WHERE payment_id = $1))::float8 AS late
         FROM webhook WHERE payment_id = $1`,
      id,
    )
  const first = await due()
  await capture(id)
  const second = (await due()).filter((one) => !first.some((other) => other.id === one.id))
  expect([first, second].map((rows) => rows.map(({ late }) => late))).toEqual([held, captured])
})

test('no webhook is sent about a card that sends none', async () => {
  const { id, actionUrl } = await aPayment('4000000000000093')
  await ask(new URL(actionUrl).pathname, { body: { decision: 'approve' } })
  expect(await shown(id)).toMatchObject({ status: 'AUTHORIZED' })
  expect(await gateway.sql('SELECT FROM webhook WHERE payment_id = $1', id)).toEqual([])
})

test('a refusal stays the answer of its key, also when the request has become possible', async () => {
  const [key, { id }] = [randomUUID(), await aPayment()]
  const again = () => ask(`/v1/payments/${id}/refunds`, { key, body: { amountMinor: '50' } })
  const first = await again()
  expect(first.status).toBe(409)
  await capture(id)
  const { status, body } = await again()
  expect([status, body]).toEqual([409, first.body])
  expect((await refund(id, '50')).status).toBe(201)
})

test('a void that comes again changes nothing, and one of a decline does neither', async () => {
  const [held, asked, declined] = [
    await aPayment(),
    await aPayment('4000000000003220'),
    await aPayment('4000000000000069'),
  ]
  const statuses = []
  for (const { id } of [held, asked, declined, held])
    statuses.push((await ask(`/v1/payments/${id}/void`, { body: {} })).body.status)
  expect(statuses).toEqual(['VOIDED', 'VOIDED', 'DECLINED', 'VOIDED'])
  const ids = [held, asked, declined].map(({ id }) => id)
  const voids = (await gateway.ledger()).filter(
    ({ kind, paymentId }) => kind === 'VOID' && ids.includes(paymentId),
  )
  expect(voids).toMatchObject([
    { paymentId: held.id, amountMinor: '500' },
    { paymentId: asked.id, amountMinor: '0' },
  ])
})

test('a customer decides once, and returns to the shop', async () => {
  const body = payment(await aSource('4000000000003220'), { returnUrl: 'https://shop.example/paid' })
  const { id, actionUrl } = (await ask('/v1/payments', { body })).body
  const { status, headers } = await ask(new URL(actionUrl).pathname, { body: { decision: 'approve' } })
  expect([status, headers.get('location')]).toEqual([303, 'https://shop.example/paid'])
  await ask(new URL(actionUrl).pathname, { body: { decision: 'deny' } })
  expect(await shown(id)).toMatchObject({ status: 'AUTHORIZED', failure: null })
})

test('a webhook is signed, and sent until the shop takes it', async () => {
  const received: unknown[] = []
  const statuses = [302, 500, 200]
  const shop = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const signature = String(request.headers['sandbox-signature'])
    received.push(readSignedWebhook(Buffer.concat(chunks), signature, gateway.secret, new Date()))
    response.writeHead(statuses.shift() ?? 200, { location: '/elsewhere' }).end()
  })
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  await gateway.sql('UPDATE webhook SET delivered_at = now() WHERE delivered_at IS NULL')
  gateway.setWebhookUrl(`http://127.0.0.1:${(shop.address() as AddressInfo).port}`)
  const body = payment(await aSource(), { reference: 'ord_2' })
  const { id: paymentId } = (await ask('/v1/payments', { body })).body
  // One that the shop has not taken for so long is given up.
  await gateway.sql(
    `INSERT INTO webhook (id, delivery, payment_id, type, due_at, attempts)
     SELECT id, 2, payment_id, type, now(), 12 FROM webhook WHERE payment_id = $1`,
    paymentId,
  )
  for (const count of [1, 2, 3]) {
    // One that is repeated after its pause has arrived as well.
    await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count)
    // Not after its pause.
    await gateway.sql('UPDATE webhook SET due_at = now() WHERE payment_id = $1', paymentId)
  }
  const rows = `SELECT attempts, delivered_at IS NOT NULL AS done FROM webhook WHERE payment_id = $1 ORDER BY delivery`
  const both = [{ done: true }, { done: false, attempts: 12 }]
  await expect.poll(() => gateway.sql(rows, paymentId), { timeout: 30_000 }).toMatchObject(both)
  const news = { type: 'payment.changed', paymentId, reference: 'ord_2', status: 'AUTHORIZED' }
  expect(received.slice(0, 3)).toEqual(Array(3).fill({ id: expect.stringMatching(/^gev_/), ...news }))
  expect(new Set(received.map((one) => Object(one).id)).size).toBe(1)
  gateway.setWebhookUrl(null)
  shop.close()
})

test('a webhook that the shop takes while the gateway stops is not sent again', async () => {
  await gateway.sql('UPDATE webhook SET delivered_at = now() WHERE delivered_at IS NULL')
  const { id } = await aPayment()
  const [received, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const shop = createServer(async (_, response) => {
    received.resolve()
    await taken.promise
    response.writeHead(204).end()
  })
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  const other = await startSandboxGateway({
    ...{ host: '127.0.0.1', port: 0, databaseUrl: gateway.databaseUrl, key: gateway.key },
    // The shop takes it once the gateway no longer listens, however long that lasts.
    webhook: { url: () => url, secret: gateway.secret, deliveryMs: 60_000 },
  })
  await received.promise
  const closed = other.close()
  const isOpen = () =>
    fetch(other.url).then(
      () => true,
      () => false,
    )
  await expect.poll(isOpen, { timeout: 30_000 }).toBe(false)
  taken.resolve()
  await closed
  const isTaken = 'SELECT delivered_at IS NOT NULL AS "isTaken" FROM webhook WHERE payment_id = $1'
  expect(await gateway.sql(isTaken, id)).toEqual([{ isTaken: true }])
  shop.close()
})

test('a webhook is repeated after pauses that double, of up to a minute, and five seconds', async () => {
  const { id: paymentId } = await aPayment()
  const tried = [0, 1, 6, 7, 10]
  const [{ begunAt } = { begunAt: new Date() }] = await gateway.sql<{ begunAt: Date }>(
    `INSERT INTO webhook (id, delivery, payment_id, type, due_at, attempts)
     SELECT 'gev_' || $1::text, n, $1, 'payment.changed', now(), ($2::int[])[n] FROM generate_series(1, 5) n
     RETURNING due_at AS "begunAt"`,
    paymentId,
    tried,
  )
  gateway.setWebhookUrl('http://127.0.0.1:9')
  const seconds = `extract(epoch FROM due_at - $2::timestamptz)::float8 AS "sinceBegun", extract(epoch FROM due_at - now())::float8 AS "fromNow"`
  const rows = () =>
    gateway.sql<{ attempts: number; sinceBegun: number; fromNow: number }>(
      `SELECT attempts, ${seconds} FROM webhook WHERE id = 'gev_' || $1::text ORDER BY delivery`,
      paymentId,
      begunAt,
    )
  const areSent = async () => (await rows()).every(({ attempts }, index) => attempts > (tried[index] ?? 0))
  await expect.poll(areSent, { timeout: 30_000 }).toBe(true)
  gateway.setWebhookUrl(null)
  for (const { attempts, sinceBegun, fromNow } of await rows()) {
    const pause = Math.min(2 ** (attempts - 2), 60) + 5
    // The database keeps milliseconds.
    expect(sinceBegun).toBeGreaterThan(pause - 0.002)
    expect(fromNow).toBeLessThan(pause + 0.002)
  }
})

describe('faults', () => {
  const put = (body: object) => ask('/v1/faults', { method: 'PUT', body })
  beforeEach(async () => {
    await put({})
    return () => put({})
  })

  test('fail as often as is set, in the order of their seed', async () => {
    const statuses = async () => {
      const set = { fail: 0.5, drop: 0, slow: 0, slowMs: 3_000, seed: 7 }
      expect((await put({ fail: 0.5, seed: 7 })).body).toEqual(set)
      const all: number[] = []
      for (let count = 0; count < 12; count++)
        all.push((await ask('/v1/sources', { body: { token: 'tok_of_nobody' } })).status)
      return all
    }
    const first = await statuses()
    expect(new Set(first)).toEqual(new Set([422, 500]))
    expect(await statuses()).toEqual(first)
  })

  test('hold an answer back for the time that is set', async () => {
    const body = payment(await aSource())
    await put({ slow: 1, slowMs: 300 })
    const began = performance.now()
    expect((await ask('/v1/payments', { body })).status).toBe(201)
    // A timer may end a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(298)
  })

  test('cut the connection after a payment was made, which its key finds', async () => {
    const [key, body] = [randomUUID(), payment(await aSource(), { reference: 'ord_3' })]
    await put({ drop: 1 })
    await expect(ask('/v1/payments', { key, body })).rejects.toThrow()
    expect((await ask('/v1/payments', { key, body })).status).toBe(201)
    const made = (await gateway.ledger()).filter(({ reference }) => reference === 'ord_3')
    expect(made).toMatchObject([{ kind: 'AUTHORIZE', amountMinor: '500' }])
  })
})

test('the first answer about the card late_answer is held back; the same request is answered meanwhile', async () => {
  const pauses: number[] = []
  const [held, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const pause = async (ms: number) => {
    pauses.push(ms)
    if (ms === 0) return
    held.resolve()
    await over.promise
  }
  const slow = await startSandboxGateway({
    ...{ host: '127.0.0.1', port: 0, databaseUrl: gateway.databaseUrl, key: gateway.key, pause },
    webhook: { url: () => null, secret: gateway.secret },
  })
  try {
    const client = sandboxClient(() => ({ ...gateway, url: slow.url }))
    const body = payment(await client.aSource('4000000000000028'), { reference: 'ord_4' })
    const asked = { key: randomUUID(), body }
    const first = client.ask('/v1/payments', asked).then(({ body: { id } }) => ['the first', id])
    await Promise.race([held.promise, first])
    const again = client.ask('/v1/payments', asked).then(({ body: { id } }) => ['the same', id])
    expect(await Promise.race([first, again])).toEqual(['the same', expect.stringMatching(/^gpy_/)])
    over.resolve()
    expect(await first).toEqual(['the first', (await again)[1]])
    // The method, then the payment.
    expect(pauses).toEqual([0, 15_000])
  } finally {
    over.resolve()
    await slow.close()
  }
})

test.each([
  ['is no JSON', '/v1/tokens', '{', 400],
  ['has more than 16 KiB', '/v1/tokens', `"${'x'.repeat(16 * 1_024)}"`, 413],
])('a request that %s fails without its text', async (_, path, body, status) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body })
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ error: { code: 'fault', message: 'The request failed.' } })
})

test('a request that the database refuses fails without its text', async () => {
  const { status, body } = await ask('/v1/payments/a%00b', { method: 'GET' })
  expect({ status, body }).toEqual({
    ...{ status: 500, body: { error: { code: 'fault', message: 'The request failed.' } } },
  })
})

test('the gateway says that it runs, and that its database does', async () => {
  for (const [path, status] of [
    ['/health/live', 'live'],
    ['/health/ready', 'ready'],
  ] as const)
    expect(await ask(path, { method: 'GET', headers: { authorization: '' } })).toMatchObject({
      ...{ status: 200, body: { status } },
    })
})

test('with SPEED an authorization expires sooner, and customers are sent to the public address', async () => {
  const fast = await startSandboxGateway({
    ...{ host: '127.0.0.1', port: 0, databaseUrl: gateway.databaseUrl, key: gateway.key },
    ...{ webhook: { url: () => null, secret: gateway.secret }, speed: 7, publicUrl: 'https://bank.example' },
  })
  try {
    const client = sandboxClient(() => ({ ...gateway, url: fast.url }))
    const { id } = await client.aPayment()
    const day = `authorized_until - created_at = interval '1 day' AS day`
    expect(await gateway.sql(`SELECT ${day} FROM payment WHERE id = $1`, id)).toEqual([{ day: true }])
    const { id: asked, actionUrl } = await client.aPayment('4000000000003220')
    expect(actionUrl).toMatch(/^https:\/\/bank\.example\/action\/act_/)
    // A payment that its customer has approved is held as long, from then on.
    await client.ask(new URL(actionUrl).pathname, { body: { decision: 'approve' } })
    const until = `SELECT extract(epoch FROM p.authorized_until - e.at)::int AS seconds
      FROM payment p JOIN entry e ON e.payment_id = p.id WHERE p.id = $1`
    expect(await gateway.sql(until, asked)).toEqual([{ seconds: 86_400 }])
  } finally {
    await fast.close()
  }
})

test('a full page of the ledger names the entry after which the next one begins', async () => {
  const { id } = await aPayment()
  const [own] = await gateway.sql<{ id: string }>('SELECT id::text FROM entry WHERE payment_id = $1', id)
  await gateway.sql(
    `INSERT INTO entry (payment_id, kind, amount_minor) SELECT $1, 'REFUND', n FROM generate_series(1, 1001) n`,
    id,
  )
  const page = async (after = '0') => (await ask(`/v1/ledger?after=${after}`, { method: 'GET' })).body
  const { entries, next } = await page(own?.id)
  expect([entries.length, entries.at(-1).id]).toEqual([1_000, next])
  const rest = await page(next)
  expect(rest).toMatchObject({ entries: [{ paymentId: id, amountMinor: '1001' }], next: null })
})
