import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aLabelRequest } from '../testing/a-label-request.ts'
import { type OpenCarrier, openCarrier } from '../testing/open-carrier.ts'

let world: OpenCarrier
beforeAll(async () => {
  world = await openCarrier()
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

  test('is taken back until its parcel is taken over', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    for (const _ of ['first', 'again'])
      expect(await voided(id)).toEqual({ status: 200, body: { id, status: 'VOIDED' } })
    const { body } = await read(id)
    expect(body).toMatchObject({ id, status: 'VOIDED', dispatchedAt: null })
    // A carrier sends no news of a parcel that it will not get.
    expect(await world.sql('SELECT 1 FROM webhook WHERE label_id = $1 AND due_at > now()', id)).toEqual([])

    const gone = (await ask('/v1/labels', { body: aLabelRequest() })).body
    await world.moveTo(gone.id, 1)
    const already = { code: 'already_dispatched', message: 'The carrier already has the parcel.' }
    expect(await voided(gone.id)).toEqual({ status: 409, body: already })
  })

  test('that does not exist is unknown', async () => {
    const unknown = { status: 404, body: { code: 'unknown', message: 'The label does not exist.' } }
    expect([await read('lbl_1'), await voided('lbl_1')]).toEqual([unknown, unknown])
  })

  test('lists its scans in the order of the journey', async () => {
    const { id } = (await ask('/v1/labels', { body: aLabelRequest() })).body
    await world.moveTo(id, 9)
    const { status, scans } = (await read(id)).body
    expect(scans.map((scan: { id: string }) => scan.id)).toEqual(
      scans.map((_: unknown, n: number) => `${id}-${n}`),
    )
    expect(scans.length).toBeGreaterThan(3)
    expect([status, scans.at(-1).status]).toEqual(['DELIVERED', 'DELIVERED'])
  })
})

test('faults are returned as they were set; unknown ones are refused by name', async () => {
  const { body } = await ask('/v1/faults', { method: 'PUT', body: { webhookLate: 0.5, seed: 7 } })
  expect(body).toMatchObject({ fail: 0, webhookLate: 0.5, lateSeconds: 20, seed: 7 })
  expect((await ask('/v1/faults', { method: 'GET' })).body).toEqual(body)
  const refused = await ask('/v1/faults', { method: 'PUT', body: { slowMs: 60_001 } })
  expect(refused).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(refused.body.message).toContain('slowMs')
  expect((await ask('/v1/faults', { method: 'GET' })).body).toEqual(body)
})

test('a carrier that starts again at another speed has parcels of that speed', async () => {
  await ask('/v1/faults', { method: 'PUT', body: {} })
  await world.restart(1_000)
  expect(await world.sql('SELECT speed FROM world')).toEqual([{ speed: 1_000 }])
})
