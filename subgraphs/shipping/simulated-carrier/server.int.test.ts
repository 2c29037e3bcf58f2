import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SIGNATURE_HEADER } from '../carrier/webhook-route.ts'
import { isSigned } from '../carrier/webhook-signature.ts'
import { aLabelRequest } from '../testing/a-label-request.ts'
import { type OpenCarrier, openCarrier } from '../testing/open-carrier.ts'
import { faultsSchema } from './faults.ts'
import { startSimulatedCarrier } from './server.ts'
import { noteWebhooks } from './webhooks.ts'

let world: OpenCarrier
beforeAll(async () => {
  // A shop that is slow has not refused a webhook.
  world = await openCarrier({ deliveryMs: 60_000 })
})
afterAll(() => world.close())

type Asked = { method?: string; body?: unknown; key?: string | null; authorization?: string | null }

/** Sends a request of the shop, with an idempotency key of its own unless the test gives one. */
async function ask(path: string, { method = 'POST', body, key = randomUUID(), authorization }: Asked = {}) {
  const { CARRIER_API_KEY: own } = world.shippingSettings
  const headers = {
    ...(authorization === null ? {} : { authorization: authorization ?? `Bearer ${own}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === null ? {} : { 'idempotency-key': key }),
  }
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
  const response = await fetch(world.url + path, init)
  return { status: response.status, body: JSON.parse(await response.text()) }
}
const read = (id: string) => ask(`/v1/labels/${id}`, { method: 'GET' })
const voided = (id: string) => ask(`/v1/labels/${id}/void`)

test.each([
  ['POST', '/v1/labels'],
  ['GET', '/v1/labels/lbl_1'],
  ['POST', '/v1/labels/lbl_1/void'],
  ['GET', '/v1/faults'],
  ['PUT', '/v1/faults'],
])('%s %s needs the API key', async (method, path) => {
  const { CARRIER_API_KEY: own } = world.shippingSettings
  for (const authorization of [null, own, 'Bearer ', `Bearer ${own}x`, `bearer ${own}`]) {
    const body = { code: 'unauthorized', message: 'The API key is wrong.' }
    expect(await ask(path, { method, authorization })).toEqual({ status: 401, body })
  }
})

test.each([
  ['live', 'live'],
  ['ready', 'ready'],
])('anyone may ask whether it is %s', async (path, status) => {
  const answer = await ask(`/health/${path}`, { method: 'GET', authorization: null })
  expect(answer).toEqual({ status: 200, body: { status } })
})

describe('a label', () => {
  test('is made with 201, and the same one is the answer to a repetition with 200', async () => {
    const [key, body] = [randomUUID(), aLabelRequest()]
    const first = await ask('/v1/labels', { key, body })
    const { id, trackingNumber } = first.body
    expect(first).toEqual({
      status: 201,
      body: { id, trackingNumber, trackingUrl: `https://tracking.example/${trackingNumber}` },
    })
    expect([id, trackingNumber]).toEqual([
      expect.stringMatching(/^lbl_/),
      expect.stringMatching(/^PA\d{12}$/),
    ])
    expect(await ask('/v1/labels', { key, body })).toEqual({ ...first, status: 200 })
    const reused = { code: 'key_reused', message: 'The idempotency key was used with another request.' }
    const other = await ask('/v1/labels', { key, body: { ...body, weightGrams: 121 } })
    expect(other).toEqual({ status: 409, body: reused })
    // A parcel is found by its number, so that another one has another.
    expect((await ask('/v1/labels', { body })).body.trackingNumber).not.toBe(trackingNumber)
  })

  test('of an address that is not served is refused, and there is no label', async () => {
    const key = randomUUID()
    const body = { code: 'refused', message: 'The carrier does not serve this address.' }
    const refused = await ask('/v1/labels', { key, body: aLabelRequest({ recipient: 'Test Refused' }) })
    expect(refused).toEqual({ status: 422, body })
    const [row] = await world.sql<{ id: string }>('SELECT id FROM label WHERE key = $1', key)
    expect((await read(row?.id ?? '')).status).toBe(404)
    expect((await voided(row?.id ?? '')).status).toBe(404)
  })

  test.each([null, '', 'k'.repeat(201)])('needs an idempotency key other than %j', async (key) => {
    const body = { code: 'key_missing', message: 'The header idempotency-key is missing.' }
    expect(await ask('/v1/labels', { key, body: aLabelRequest() })).toEqual({ status: 400, body })
  })

  test.each([
    ['reference', ''],
    ['carrier', 'x'.repeat(101)],
    ['service', null],
    ['from', {}],
    ['to', { recipient: 'Ada' }],
    ['weightGrams', -1],
  ])('is refused by its field %s', async (field, value) => {
    const { status, body } = await ask('/v1/labels', { body: { ...aLabelRequest(), [field]: value } })
    expect([status, body.code]).toEqual([400, 'invalid'])
    expect(body.message).toContain(field)
  })

  test('is made for a parcel without weight, and for names of 100 and a key of 200 characters', async () => {
    const [name, key] = ['x'.repeat(100), 'k'.repeat(200)]
    const names = { reference: name, carrier: name, service: name, from: { warehouseCode: name } }
    const { status } = await ask('/v1/labels', {
      key,
      body: { ...aLabelRequest(), ...names, weightGrams: 0 },
    })
    expect(status).toBe(201)
  })

  test('is taken back until its parcel is taken over', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    for (const _ of ['first', 'again'])
      expect(await voided(id)).toEqual({ status: 200, body: { id, status: 'VOIDED' } })
    // The journey ends with the label.
    await world.moveTo(id, 9)
    const { body } = await read(id)
    const [row] = await world.sql<{ voided_at: Date }>('SELECT voided_at FROM label WHERE id = $1', id)
    const scan = { id: `${id}-0`, status: 'LABEL_CREATED', location: null, at: expect.any(String) }
    expect(body).toEqual({
      ...{ id, trackingNumber: expect.any(String), status: 'VOIDED', dispatchedAt: null },
      statusAt: row?.voided_at.toISOString(),
      scans: [{ ...scan, description: 'Label made; waiting for the parcel' }],
    })
    // A carrier sends no news of a parcel that it will not get.
    expect(await world.sql('SELECT 1 FROM webhook WHERE label_id = $1', id)).toEqual([])

    const gone = (await ask('/v1/labels', { body: aLabelRequest() })).body
    await world.moveTo(gone.id, 1)
    const already = { code: 'already_dispatched', message: 'The carrier already has the parcel.' }
    expect(await voided(gone.id)).toEqual({ status: 409, body: already })
  })

  test('that does not exist is unknown', async () => {
    const unknown = { status: 404, body: { code: 'unknown', message: 'The label does not exist.' } }
    expect([await read('lbl_1'), await voided('lbl_1')]).toEqual([unknown, unknown])
  })

  test.each([
    ['Ada Lovelace', 'DELIVERED', 'DELIVERED', 6],
    ['Test Lost', 'LOST', 'FAILED', 4],
    ['Test Returned', 'RETURNED', 'RETURNED', 6],
  ])('for %s lists its scans in the order of the journey, and ends as %s', async (recipient, ...end) => {
    const { id, trackingNumber } = (await ask('/v1/labels', { body: aLabelRequest({ recipient }) })).body
    await world.moveTo(id, 9)
    const { status, statusAt, dispatchedAt, scans, ...label } = (await read(id)).body
    expect(scans.map((scan: { id: string }) => scan.id)).toEqual(
      scans.map((_: unknown, n: number) => `${id}-${n}`),
    )
    expect([status, scans.at(-1).status, scans.length]).toEqual(end)
    expect([statusAt, dispatchedAt]).toEqual([scans.at(-1).at, scans[1].at])
    expect(label).toEqual({ id, trackingNumber })
  })

  test.each([
    ['dhl', /^DH\d{12}$/],
    ['7 z', /^ZX\d{12}$/],
    ['55', /^XX\d{12}$/],
  ])('of the carrier %j has its first letters in the tracking number', async (carrier, number) => {
    const { trackingNumber } = (await ask('/v1/labels', { body: { ...aLabelRequest(), carrier } })).body
    expect(trackingNumber).toMatch(number)
  })
})

describe('the webhooks of a parcel', () => {
  afterEach(() => world.break({}))

  /** The positions of the tracking events that are reported, and how many seconds after each. */
  async function planned(recipient: string, faults: object) {
    await world.break(faults)
    const { id } = (await ask('/v1/labels', { body: aLabelRequest({ recipient }) })).body
    const rows = await world.sql<{ position: number; late: number }>(
      `SELECT scan.position, extract(epoch FROM webhook.due_at - scan.due_at)::int AS late FROM webhook
        CROSS JOIN LATERAL (SELECT position, due_at FROM scan
          WHERE label_id = webhook.label_id AND due_at <= webhook.due_at ORDER BY position DESC LIMIT 1) AS scan
        WHERE webhook.label_id = $1 ORDER BY scan.position`,
      id,
    )
    return rows.map(({ position, late }) => [position, late])
  }
  const each = (late: number) => [1, 2, 3, 4, 5].map((position) => [position, late])
  const twice = (late: number) => each(late).flatMap((one) => [one, one])

  test.each<[string, object, number[][]]>([
    ['Ada', {}, each(0)],
    ['Ada', { webhookNone: 1 }, []],
    ['Ada', { webhookTwice: 1 }, twice(0)],
    ['Ada', { webhookLate: 1, lateSeconds: 90 }, each(90)],
    ['Ada', { webhookLate: 1, webhookTwice: 1 }, twice(20)],
    ['Test Silent', {}, []],
    ['Test Twice', {}, twice(0)],
    ['Test Late Webhooks', { lateSeconds: 90 }, each(20)],
    ['Test Reordered', { lateSeconds: 90 }, each(0).map(([position = 0]) => [position, 20 * (position % 2)])],
  ])('for %s with the faults %j are due so', async (recipient, faults, due) => {
    expect(await planned(recipient, faults)).toEqual(due)
  })

  test('a seed fixes which are sent, which twice, and which late, each for itself', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `lbl_seed_${index}`)
    await world.sql(
      `INSERT INTO label (id, key, request_hash, reference, tracking_number, behaviour, created_at)
       SELECT id, id, '', '', '', 'ordinary', now() FROM unnest($1::text[]) AS id`,
      ids,
    )
    await world.sql(
      `INSERT INTO scan (label_id, position, due_at, status, description)
       SELECT id, position, now() + make_interval(hours => position + 1), 'IN_TRANSIT', ''
         FROM unnest($1::text[]) AS id, generate_series(0, 5) AS position`,
      ids,
    )
    const half = { webhookNone: 0.5, webhookTwice: 0.5, webhookLate: 0.5 }
    const outcomes = async (seed: number) => {
      for (const id of ids) await noteWebhooks(client, id, 'ordinary', faultsSchema.parse({ ...half, seed }))
      const rows = await world.sql<{ outcome: string }>(
        `SELECT concat(count(webhook.id), ' ', min(webhook.due_at) > scan.due_at) AS outcome FROM scan LEFT JOIN webhook
             ON webhook.label_id = scan.label_id AND webhook.due_at BETWEEN scan.due_at AND scan.due_at + interval '1 minute'
          WHERE scan.label_id = ANY($1) AND scan.position > 0
          GROUP BY scan.label_id, scan.position ORDER BY scan.label_id, scan.position`,
        ids,
      )
      await world.sql('DELETE FROM webhook WHERE label_id = ANY($1)', ids)
      return rows.map(({ outcome }) => outcome)
    }
    const client = new pg.Client({ connectionString: world.settings.databaseUrl })
    await client.connect()
    const [first, again, other] = [await outcomes(7), await outcomes(7), await outcomes(8)]
    await client.end()
    expect([...new Set(first)].toSorted()).toEqual(['0 ', '1 f', '1 t', '2 f', '2 t'])
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  test('one that the shop takes while the carrier stops is not sent again', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    const first = 'id = (SELECT min(id) FROM webhook WHERE label_id = $1)'
    await world.sql(`UPDATE webhook SET due_at = now() WHERE ${first}`, id)
    const [received, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const shop = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      // Webhooks of other parcels are due too.
      if (JSON.parse(body.toString()).labelId === id) {
        received.resolve()
        await taken.promise
      }
      response.writeHead(202).end()
    })
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    const { port } = shop.address() as AddressInfo
    const other = await startSimulatedCarrier({ ...world.settings, webhookUrl: `http://127.0.0.1:${port}/` })
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
    const isTaken = `SELECT delivered_at IS NOT NULL AS "isTaken" FROM webhook WHERE ${first}`
    expect(await world.sql(isTaken, id)).toEqual([{ isTaken: true }])
    await new Promise((resolve) => shop.close(resolve))
  })

  test('are signed, and repeated until the shop takes them', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    const sent: { header: unknown; body: Buffer }[] = []
    const answers = [500, 307]
    const shop = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      // Webhooks of other parcels are due too.
      const isOurs = JSON.parse(body.toString()).labelId === id
      if (isOurs) sent.push({ header: request.headers[SIGNATURE_HEADER], body })
      response.writeHead((isOurs && answers.shift()) || 202).end()
    })
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    const rows = () =>
      world.sql<{ id: string; attempts: number; isTaken: boolean }>(
        `SELECT id, attempts, delivered_at IS NOT NULL AS "isTaken" FROM webhook WHERE label_id = $1 ORDER BY id`,
        id,
      )
    const [first, second] = await rows()
    await world.sql('DELETE FROM webhook WHERE label_id = $1 AND id > $2', id, second?.id)
    // One that the shop has not taken for so long is given up.
    const givenUp = { id: second?.id, attempts: 12, isTaken: false }
    await world.sql('UPDATE webhook SET attempts = 12 WHERE id = $1', second?.id)
    const { port } = shop.address() as AddressInfo
    world.setWebhookUrl(`http://127.0.0.1:${port}/`)
    for (const attempts of [1, 2, 3]) {
      await world.sql('UPDATE webhook SET due_at = now() WHERE label_id = $1', id)
      await expect
        .poll(rows, { timeout: 30_000 })
        .toEqual([{ id: first?.id, attempts, isTaken: attempts === 3 }, givenUp])
    }
    expect(sent).toHaveLength(3)
    for (const { header, body } of sent) {
      expect(JSON.parse(body.toString())).toEqual({ id: `wbh_${first?.id}`, labelId: id })
      expect(isSigned(world.settings.webhookSecret, body, header, new Date())).toBe(true)
    }
    world.setWebhookUrl(null)
    await new Promise((resolve) => shop.close(resolve))
  })

  test('are repeated after pauses that double, of up to a minute, and five seconds', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    const tried = [0, 1, 6, 7, 10]
    const tries = `UPDATE webhook SET attempts = tried.attempts, due_at = now()
      FROM (SELECT id, ($2::int[])[(row_number() OVER (ORDER BY id))::int] AS attempts FROM webhook WHERE label_id = $1) AS tried
     WHERE webhook.id = tried.id RETURNING webhook.due_at AS "begunAt"`
    const [{ begunAt } = { begunAt: new Date() }] = await world.sql<{ begunAt: Date }>(tries, id, tried)
    world.setWebhookUrl('http://127.0.0.1:9/')
    const seconds = `extract(epoch FROM due_at - $2::timestamptz)::float8 AS "sinceBegun", extract(epoch FROM due_at - now())::float8 AS "fromNow"`
    const rows = () =>
      world.sql<{ attempts: number; sinceBegun: number; fromNow: number }>(
        `SELECT attempts, ${seconds} FROM webhook WHERE label_id = $1 ORDER BY id`,
        id,
        begunAt,
      )
    const areSent = async () => (await rows()).every(({ attempts }, index) => attempts > (tried[index] ?? 0))
    await expect.poll(areSent, { timeout: 30_000 }).toBe(true)
    world.setWebhookUrl(null)
    for (const { attempts, sinceBegun, fromNow } of await rows()) {
      const pause = Math.min(2 ** (attempts - 2), 60) + 5
      // The database keeps milliseconds.
      expect(sinceBegun).toBeGreaterThan(pause - 0.002)
      expect(fromNow).toBeLessThan(pause + 0.002)
    }
  })
})

test('of the parcels a share is lost, which the key of each decides', async () => {
  await world.break({ lose: 0.5 })
  const keys = Array.from({ length: 12 }, (_, index) => `parcel ${index}`)
  for (const key of keys) await ask('/v1/labels', { key, body: aLabelRequest() })
  await world.break({})
  const fates = 'SELECT DISTINCT behaviour AS fate FROM label WHERE key = ANY($1) ORDER BY 1'
  expect(await world.sql(fates, keys)).toEqual([{ fate: 'lost' }, { fate: 'ordinary' }])
})

test('faults are returned as they were set; unknown ones are refused by name', async () => {
  const { body } = await ask('/v1/faults', { method: 'PUT', body: { webhookLate: 0.5, seed: 7 } })
  expect(body).toMatchObject({ fail: 0, webhookLate: 0.5, lateSeconds: 20, seed: 7 })
  expect((await ask('/v1/faults', { method: 'GET' })).body).toEqual(body)
  const refused = await ask('/v1/faults', { method: 'PUT', body: { slowMs: 60_001 } })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(refused.body.message).toContain('slowMs')
  expect((await ask('/v1/faults', { method: 'GET' })).body).toEqual(body)
  await world.restart(1)
  expect((await ask('/v1/faults', { method: 'GET' })).body).toEqual(body)
})

test('a seed fixes which calls fail, from its setting and from each start', async () => {
  const faults = { fail: 0.5, seed: 7 }
  const statuses = async () => {
    const all = []
    for (let call = 0; call < 8; call++) all.push((await read('lbl_1')).status)
    return all
  }
  await world.break(faults)
  const first = await statuses()
  expect(new Set(first)).toEqual(new Set([404, 500]))
  await world.break(faults)
  expect(await statuses()).toEqual(first)
  await world.restart(1)
  expect(await statuses()).toEqual(first)
  await world.break({ ...faults, seed: 8 })
  expect(await statuses()).not.toEqual(first)
})

test('a carrier that starts again at another speed has parcels of that speed', async () => {
  await ask('/v1/faults', { method: 'PUT', body: {} })
  await world.restart(1_000)
  expect(await world.sql('SELECT speed FROM world')).toEqual([{ speed: 1_000 }])
  const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
  const [row] = await world.sql<{ seconds: number }>(
    `SELECT extract(epoch FROM max(due_at) - created_at)::float8 AS seconds
       FROM label JOIN scan ON scan.label_id = label.id WHERE label.id = $1 GROUP BY created_at`,
    id,
  )
  // A day, and a fifth more or less, a thousand times faster.
  expect(row?.seconds).toBeGreaterThan(69)
  expect(row?.seconds).toBeLessThan(104)
})
