import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aLabelRequest } from '../testing/a-label-request.ts'
import { type Carrier, CarrierRefused, CarrierUnavailable } from './carrier.ts'
import { httpCarrier } from './http-carrier.ts'

type Asked = { method: string; url: string; headers: IncomingMessage['headers']; body: string }

/** A carrier whose answers the test sets, and which records the last request. */
let answer: (response: ServerResponse) => void
let asked: Asked
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url = '', headers } = request
    asked = { method, url, headers, body: Buffer.concat(chunks).toString() }
    answer(response)
  })
})
const json = (status: number, body: unknown) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

const apiKey = new Uint8Array(32).fill(7)
let carrier: Carrier
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  carrier = httpCarrier({ url: `http://127.0.0.1:${port}`, apiKey })
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const label = { id: 'lbl_1', trackingNumber: 'T1', trackingUrl: 'https://carrier.example/T1' }
const at = '2026-11-28T09:00:00.000Z'
const scan = (number: number) => ({
  id: `s${number}`,
  at,
  status: 'IN_TRANSIT',
  location: null,
  description: 'x',
})
const tracking = { status: 'IN_TRANSIT', statusAt: at, dispatchedAt: at, scans: [scan(1)] }

describe('a label', () => {
  test('is asked for with the credentials and the key of the attempt', async () => {
    answer = json(201, label)
    expect(await carrier.createLabel(aLabelRequest(), 'shp_1.2')).toEqual({
      type: 'made',
      label: { labelId: 'lbl_1', trackingNumber: 'T1', trackingUrl: 'https://carrier.example/T1' },
    })
    expect(asked).toMatchObject({ method: 'POST', url: '/v1/labels' })
    expect(asked.headers).toMatchObject({
      authorization: `Bearer ${Buffer.from(apiKey).toString('base64url')}`,
      'content-type': 'application/json',
      'idempotency-key': 'shp_1.2',
    })
    expect(JSON.parse(asked.body)).toMatchObject({ carrier: 'Parcelway', weightGrams: 120 })
  })

  test('is refused for good by 422 alone', async () => {
    answer = json(422, { code: 'no_service', message: 'Not there.' })
    expect(await carrier.createLabel(aLabelRequest(), 'k')).toEqual({
      type: 'refused',
      message: 'Not there.',
    })
  })

  test.each([
    [200, { id: 'lbl/1', status: 'VOIDED' }, 'voided'],
    [409, { code: 'already_dispatched', message: 'It is on its way.' }, 'dispatched'],
  ])('is taken back: %i %o is %s', async (status, body, outcome) => {
    answer = json(status, body)
    expect(await carrier.voidLabel('lbl/1')).toBe(outcome)
    expect(asked.url).toBe('/v1/labels/lbl%2F1/void')
  })

  test.each([
    ['a page', 200, '<html>'],
    ['a status only', 200, { status: 'ok' }],
    ['null', 200, null],
    ['nothing', 200, ''],
    ['another label', 200, { id: 'lbl_2', status: 'VOIDED' }],
    ['a label that is not voided', 200, { id: 'lbl_1', status: 'CREATED' }],
    ['another conflict', 409, { code: 'try_again', message: 'Later.' }],
  ])('is not taken back by an answer that has %s: %i', async (_, status, body) => {
    answer = json(status, body)
    await expect(carrier.voidLabel('lbl_1')).rejects.toThrow(CarrierUnavailable)
  })
})

describe('an answer that does not tell what happened', () => {
  test.each([
    ['an error of the carrier', json(500, label), 'response with status 500'],
    [
      'a name with a control character',
      json(201, { ...label, id: 'lbl\u0000' }),
      'malformed response with status 201',
    ],
    [
      'a name of 201 characters',
      json(201, { ...label, id: 'x'.repeat(201) }),
      'malformed response with status 201',
    ],
    ['a name that begins with a space', json(201, { ...label, id: ' lbl_1' }), 'malformed response'],
    [
      'a tracking number of 101 characters',
      json(201, { ...label, trackingNumber: 'x'.repeat(101) }),
      'malformed response with status 201',
    ],
    [
      'an address that is a script',
      json(201, { ...label, trackingUrl: 'javascript:0' }),
      'malformed response with status 201',
    ],
    [
      'an address of 2,001 characters',
      json(201, { ...label, trackingUrl: label.trackingUrl.padEnd(2_001, 'x') }),
      'malformed response with status 201',
    ],
    ['a form that was not agreed', json(200, { id: 7 }), 'malformed response with status 200'],
    ['no JSON', json(200, '<html>'), 'POST /v1/labels: '],
    ['more than 256 KiB', json(200, ' '.repeat(256 * 1024 + 1)), 'more than 262144 bytes'],
    [
      'a way to somewhere else',
      (response: ServerResponse) => response.writeHead(307, { location: '/v1/elsewhere' }).end(),
      'POST /v1/labels: ',
    ],
    ['a connection that is cut', (response: ServerResponse) => response.destroy(), 'socket hang up'],
  ])('%s is repeated later', async (_, given, message) => {
    answer = given
    const made = carrier.createLabel(aLabelRequest(), 'k')
    await expect(made).rejects.toThrow(CarrierUnavailable)
    await expect(made).rejects.toThrow(message)
    expect(asked.url).toBe('/v1/labels')
  })

  test('256 KiB are read', async () => {
    answer = json(201, JSON.stringify(label).padEnd(256 * 1024))
    expect((await carrier.createLabel(aLabelRequest(), 'k')).type).toBe('made')
  })

  test.each([404, 500])('a parcel is not lost because its lookup answers %i', async (status) => {
    answer = json(status, tracking)
    await expect(carrier.track('lbl_1')).rejects.toThrow(`response with status ${status}`)
    await expect(carrier.voidLabel('lbl_1')).rejects.toThrow(`response with status ${status}`)
  })
})

test.each([
  [400, CarrierRefused],
  [404, CarrierRefused],
  [409, CarrierRefused],
  [413, CarrierRefused],
  [401, CarrierUnavailable],
  [403, CarrierUnavailable],
  [408, CarrierUnavailable],
  [425, CarrierUnavailable],
  [429, CarrierUnavailable],
  [500, CarrierUnavailable],
])('a label that is answered by %i is repeated as after %o', async (status, kind) => {
  answer = json(status, { code: 'x', message: 'x' })
  const made = carrier.createLabel(aLabelRequest(), 'k')
  await expect(made).rejects.toThrow(kind)
  await expect(made).rejects.toThrow(`response with status ${status}`)
})

test('the texts of a carrier are one line of what can be stored, and are cut', async () => {
  const texts = [
    { location: 'Rot\u0000terdam', description: 'Left with\r\na neighbour' },
    { location: '\u0000', description: '\uD800' },
    { location: 'x'.repeat(101), description: 'x'.repeat(301) },
  ]
  answer = json(200, { ...tracking, scans: texts.map((text, number) => ({ ...scan(number), ...text })) })
  const { scans } = await carrier.track('lbl_1')
  expect(scans.map(({ location, description }) => ({ location, description }))).toEqual([
    { location: 'Rot terdam', description: 'Left with a neighbour' },
    { location: null, description: '' },
    { location: 'x'.repeat(100), description: 'x'.repeat(300) },
  ])
})

test.each(['statusAt', 'dispatchedAt'])(
  'a parcel whose %s is before 1970 is looked up again',
  async (field) => {
    answer = json(200, { ...tracking, [field]: '1969-12-31T23:59:59Z' })
    await expect(carrier.track('lbl_1')).rejects.toThrow(CarrierUnavailable)
  },
)

test('tracking events that are malformed are left out; the state is read', async () => {
  const scans = [
    { ...scan(1), id: 'a\u0000' },
    { ...scan(1), id: 'x'.repeat(201) },
    { ...scan(2), at: '0000-01-01T00:00:00Z' },
    null,
    scan(3),
  ]
  answer = json(200, { ...tracking, status: 'DELIVERED', scans })
  const { state, scans: read } = await carrier.track('lbl_1')
  expect(state.status).toBe('DELIVERED')
  expect(read.map(({ id }) => id)).toEqual(['s3'])
})

test('a parcel is looked up: its state, and 50 scans at most', async () => {
  answer = json(200, { ...tracking, scans: Array.from({ length: 51 }, (_, number) => scan(number)) })
  const { state, scans } = await carrier.track('lbl/1')
  expect(asked).toMatchObject({ method: 'GET', url: '/v1/labels/lbl%2F1' })
  expect(state).toEqual({ status: 'IN_TRANSIT', at: new Date(at), dispatchedAt: new Date(at) })
  expect(scans.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, number) => `s${number}`))
})
