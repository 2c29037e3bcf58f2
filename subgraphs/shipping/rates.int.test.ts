import { createPublicKey, verify } from 'node:crypto'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_METHODS, MAX_RATES_PER_ZONE, MAX_ZONES } from './rate/rate-input.ts'
import {
  aCart,
  aMethod,
  aZone,
  EUR,
  keeper,
  type OpenShipping,
  openShipping,
} from './testing/open-shipping.ts'

let shop: OpenShipping
let now = new Date('2026-11-28T09:00:00.000Z')
beforeAll(async () => {
  shop = await openShipping({ clock: () => now })
})
afterAll(() => shop.close())

const to = (countryCode: string, postalCode: string) => ({ countryCode, postalCode })

/** The payload of a quote's id, after the verification that orders does. */
async function opened(id: string) {
  const [text = '', signature = ''] = id.slice('sho_'.length).split('.')
  const payload = JSON.parse(Buffer.from(text, 'base64url').toString())
  const keys = (await shop.outbox()).filter(({ type }) => type === 'shipping.quote_key.published')
  const published = keys.find(({ subject }) => subject === payload.kid)
  // The form of the message is tested against its sample elsewhere.
  const { publicKey: x } = (published?.data ?? {}) as { publicKey?: string }
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return { payload, isGood: verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')) }
}

test('an option is a quote that a published key has signed, for this cart, destination, currency and weight', async () => {
  const { method } = await shop.accepted('createShippingMethod', aMethod({ speed: 'EXPRESS' }))
  const { rateId } = await shop.aRate({ areas: [{ countryCode: 'FR' }], methodId: method.id })
  const weights = [
    [2, 45],
    [3, 10],
    [1, 0],
  ]
  const lines = weights.map(([quantity, weightGrams]) => ({ quantity, variant: { weightGrams } }))
  const cart = aCart({ lines })
  const { options, errors } = await shop.options(cart, to(' fr ', '75 001'))
  expect(errors).toEqual([])
  expect(options).toEqual([
    {
      id: expect.stringMatching(/^sho_/),
      carrier: 'Parcelway',
      service: method.service,
      speed: 'EXPRESS',
      price: EUR('4.90'),
      estimatedDays: 3,
      expiresAt: '2026-11-28T09:30:00.000Z',
    },
  ])
  const { payload, isGood } = await opened(options[0].id)
  expect(isGood).toBe(true)
  expect(payload).toEqual({
    v: 1,
    kid: expect.stringMatching(/^qky_/),
    cart: cart.id,
    rate: rateId,
    carrier: 'Parcelway',
    service: method.service,
    amountMinor: '490',
    currency: 'EUR',
    days: 3,
    country: 'FR',
    postal: '75001',
    grams: 120,
    exp: Date.parse('2026-11-28T09:30:00.000Z') / 1_000,
  })
})

test('the lightest band that the weight fits counts, up to its last gram, and none above the heaviest', async () => {
  const areas = [{ countryCode: 'DE' }]
  const { zoneId, methodId } = await shop.aRate({ areas, rate: { upToGrams: 2_000, price: EUR('6') } })
  const { rateId } = await shop.aRate({ zoneId, methodId, rate: { upToGrams: 500, price: EUR('3') } })
  // After ANALYZE, PostgreSQL scans the small table sequentially, so that only ORDER BY determines the order.
  await shop.sql('ANALYZE rate')
  const priceOf = async (grams: number) => {
    const lines = [{ quantity: 1, variant: { weightGrams: grams } }]
    const { options } = await shop.options(aCart({ lines }), to('DE', '10115'))
    return options.map(({ price }: { price: { amount: string } }) => price.amount)
  }
  expect(await Promise.all([1, 500, 501, 2_000, 2_001].map(priceOf))).toEqual([
    ['3.00'],
    ['3.00'],
    ['6.00'],
    ['6.00'],
    [],
  ])
  // A band that is not offered leaves its weights to the next.
  await shop.accepted('updateShippingRate', { id: rateId, expectedVersion: 1, active: false })
  expect(await priceOf(500)).toEqual(['6.00'])
})

test('the longest prefix of the postal code decides which zone a destination is in', async () => {
  const country = await shop.aRate({ areas: [{ countryCode: 'ES' }], rate: { price: EUR('5') } })
  const islands = [
    { countryCode: 'ES', postalCodePrefix: '35' },
    { countryCode: 'ES', postalCodePrefix: '3 8' },
  ]
  await shop.aRate({ areas: islands, methodId: country.methodId, rate: { price: EUR('15') } })
  const priceTo = async (postalCode: string) =>
    (await shop.options(aCart(), to('ES', postalCode))).options[0].price.amount
  expect(await Promise.all(['28001', '35001', '38-001', '3', '３５001'].map(priceTo))).toEqual([
    '5.00',
    '15.00',
    '15.00',
    '5.00',
    '15.00',
  ])
})

test('options come the cheapest first; other currencies, methods that are not offered and other countries have none', async () => {
  const areas = [{ countryCode: 'IT' }]
  const { zoneId, methodId, rateId } = await shop.aRate({ areas, rate: { price: EUR('9') } })
  await shop.aRate({ zoneId, rate: { price: EUR('4') } })
  const prices = async () =>
    (await shop.options(aCart(), to('IT', '00118'))).options.map(
      ({ price }: { price: { amount: string } }) => price.amount,
    )
  expect(await prices()).toEqual(['4.00', '9.00'])
  expect((await shop.options(aCart({ currencyCode: 'JPY' }), to('IT', '00118'))).options).toEqual([])
  expect((await shop.options(aCart(), to('CH', '8000'))).options).toEqual([])
  expect((await shop.options(aCart({ currencyCode: 'XXX' }), to('IT', '00118'))).options).toBeNull()
  expect((await shop.options(aCart({ lines: [] }), to('IT', '00118'))).options).toEqual([])
  const unknown = [{ quantity: 1, variant: null }]
  expect((await shop.options(aCart({ lines: unknown }), to('IT', '00118'))).options).toBeNull()
  await shop.accepted('updateShippingRate', { id: rateId, expectedVersion: 1, amount: '3.50' })
  expect(await prices()).toEqual(['3.50', '4.00'])
  await shop.accepted('updateShippingMethod', { id: methodId, expectedVersion: 1, active: false })
  expect(await prices()).toEqual(['4.00'])
  await shop.accepted('updateShippingMethod', { id: methodId, expectedVersion: 2, active: true })
  await shop.accepted('updateShippingRate', { id: rateId, expectedVersion: 2, active: false })
  expect(await prices()).toEqual(['4.00'])
})

test('of two options at one price the faster comes first', async () => {
  const { zoneId } = await shop.aRate({ areas: [{ countryCode: 'BE' }], rate: { estimatedDays: 5 } })
  await shop.aRate({ zoneId, rate: { estimatedDays: 2 } })
  const { options } = await shop.options(aCart(), to('BE', '1000'))
  expect(options.map(({ estimatedDays }: { estimatedDays: number }) => estimatedDays)).toEqual([2, 5])
})

test('of two equal options the one whose rate is older comes first', async () => {
  const methods = [aMethod(), aMethod()]
  const made = []
  for (const input of methods) made.push((await shop.accepted('createShippingMethod', input)).method.id)
  // The older rate belongs to the newer method, so that no other sort gives the same order.
  const { zoneId } = await shop.aRate({ areas: [{ countryCode: 'LU' }], methodId: made[1] })
  await shop.aRate({ zoneId, methodId: made[0] })
  const { options } = await shop.options(aCart(), to('LU', '1000'))
  expect(options).toMatchObject(methods.toReversed().map(({ service }) => ({ service })))
})

test('staff read zones by name, their areas by code, their rates by weight, and methods by carrier', async () => {
  const areas = ['SE 9', 'SE 1', 'NO'].map((text) => {
    const [countryCode, postalCodePrefix = ''] = text.split(' ')
    return { countryCode, postalCodePrefix }
  })
  const [b, a] = ['Nordics B', 'Nordics A'].map((name) => aZone({ name, areas: [] }))
  await shop.accepted('createShippingZone', { ...b, areas })
  const { zone } = await shop.accepted('createShippingZone', { ...a })
  const methods = [aMethod({ carrier: 'Zebra', service: 'B' }), aMethod({ carrier: 'Zebra', service: 'A' })]
  const [{ method }] = [await shop.accepted('createShippingMethod', methods[0] ?? {})]
  await shop.accepted('createShippingMethod', methods[1] ?? {})
  await shop.accepted('createShippingMethod', aMethod({ carrier: 'Aardvark' }))
  for (const upToGrams of [2_000, 500])
    await shop.aRate({ zoneId: zone.id, methodId: method.id, rate: { upToGrams } })
  const query = `{ shippingMethods { carrier service }
    shippingZones { name areas { countryCode postalCodePrefix } rates { upToGrams method { service } } } }`
  const { data } = await shop.execute(query, {}, keeper)
  const nordics = data.shippingZones.filter(({ name }: { name: string }) => name.startsWith('Nordics'))
  expect(nordics).toEqual([
    {
      name: 'Nordics A',
      areas: [],
      rates: [500, 2_000].map((upToGrams) => ({ upToGrams, method: { service: 'B' } })),
    },
    { name: 'Nordics B', areas: areas.toReversed(), rates: [] },
  ])
  const carriers = data.shippingMethods.map(({ carrier }: { carrier: string }) => carrier)
  expect(carriers).toEqual(carriers.toSorted())
  expect(data.shippingMethods.slice(-2)).toEqual([
    { carrier: 'Zebra', service: 'A' },
    { carrier: 'Zebra', service: 'B' },
  ])
})

describe('changes of one version at once', () => {
  test.each([
    ['updateShippingZone', 'zoneId', (index: number) => ({ name: `Race ${index}` })],
    ['updateShippingMethod', 'methodId', (index: number) => ({ active: index % 2 === 0 })],
    ['updateShippingRate', 'rateId', (index: number) => ({ amount: `${index}.00` })],
  ] as const)('%s accepts one, and refuses the others with the version', async (name, idOf, change) => {
    const made = await shop.aRate({ areas: [] })
    const answers = await shop.manyAtOnce(4, (index) =>
      shop.mutate(name, { id: made[idOf], expectedVersion: 1, ...change(index) }),
    )
    const errors = answers.flatMap(({ data }) => data[name].userErrors)
    expect(errors).toEqual(
      Array(3).fill({
        __typename: 'VersionConflictError',
        message: 'expectedVersion is 1, but the current version is 2: read it again, then repeat the change',
        path: ['expectedVersion'],
        currentVersion: 2,
      }),
    )
  })
})

test.each([
  [
    { countryCode: 'France', postalCode: '75001' },
    /countryCode is "(France|FRANCE)": allowed is an ISO 3166-1/,
  ],
  [{ countryCode: 'FR', postalCode: '' }, /postalCode is "": allowed is at least 1 character/],
  [{ countryCode: 'FR', postalCode: '7'.repeat(17) }, /postalCode is "7+": allowed is at most 16 characters/],
  [{ countryCode: 'FR', postalCode: '75_001' }, /postalCode is "75_001": allowed is letters, digits/],
])('the destination %j is refused', async (destination, message) => {
  const { options, errors } = await shop.options(aCart(), destination)
  expect(options).toBeNull()
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })])
  expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
})

test('what staff change is kept in the book, with what was before and after', async () => {
  const { zone } = await shop.accepted('createShippingZone', aZone({ areas: [{ countryCode: 'PT' }] }))
  const change = { id: zone.id, expectedVersion: 1, name: 'Iberia' }
  expect((await shop.accepted('updateShippingZone', change)).zone).toMatchObject({
    name: 'Iberia',
    version: 2,
  })
  const query = `query ($id: ID) { shippingAudit(subjectId: $id) { edges { node {
    at actorId action before after } } } }`
  const auditor = { ...keeper, scopes: new Set(['audit:read']) }
  const { data } = await shop.execute(query, { id: zone.id }, auditor)
  const entries = data.shippingAudit.edges.map(({ node }: { node: object }) => node)
  expect(entries).toMatchObject([
    { action: 'updateShippingZone', at: now.toISOString(), actorId: keeper.kind === 'user' && keeper.id },
    { action: 'createShippingZone', before: null },
  ])
  expect(JSON.parse(entries[0].before)).toMatchObject({ name: zone.name, version: 1 })
  expect(JSON.parse(entries[0].after)).toMatchObject({ name: 'Iberia', version: 2 })
  expect((await shop.execute(query, {}, keeper)).errors[0]?.extensions).toEqual({ code: 'FORBIDDEN' })
})

test('one key makes one zone, method and rate, however often and at once it is sent', async () => {
  const inputs = { zone: aZone({ areas: [] }), method: aMethod() }
  const answers = await shop.manyAtOnce(8, async () => [
    (await shop.accepted('createShippingZone', inputs.zone)).zone.id,
    (await shop.accepted('createShippingMethod', inputs.method)).method.id,
  ])
  expect(new Set(answers.map(String)).size).toBe(1)
  expect(await shop.refused('createShippingMethod', { ...inputs.method, service: 'Other' })).toMatchObject([
    { __typename: 'IdempotencyKeyReusedError' },
  ])
})

test('customers may read no zone and change none', async () => {
  const viewer = customer(newId('usr'))
  const { errors } = await shop.mutate('createShippingZone', aZone(), viewer)
  expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN' })
  const { errors: reading } = await shop.execute('{ shippingZones { id } }', {}, viewer)
  expect(reading[0]?.extensions).toEqual({ code: 'FORBIDDEN' })
})

test('an order is quoted as the cart that it was made of', async () => {
  await shop.aRate({ areas: [{ countryCode: 'AT' }] })
  const consignment = {
    cartId: newId('crt'),
    currencyCode: 'EUR',
    grams: 180,
    countryCode: 'AT',
    postalCode: '10-10',
  }
  const options = async (of: object | null, viewer = customer(newId('usr'))) => {
    const query = `query ($order: [_Any!]!) {
      _entities(representations: $order) { ... on Order { shippingOptions { id price { amount } } } } }`
    const order = [{ __typename: 'Order', id: newId('ord'), consignment: of }]
    const { data, errors } = await shop.execute(query, { order }, viewer)
    return { options: data?._entities?.[0]?.shippingOptions, errors }
  }
  const { options: found, errors } = await options(consignment)
  expect([errors, found]).toMatchObject([[], [{ price: { amount: '4.90' } }]])
  const { payload } = await opened(found[0].id)
  expect(payload).toMatchObject({ cart: consignment.cartId, grams: 180, country: 'AT', postal: '1010' })
  expect((await options(null)).options).toBeNull()
  expect((await options({ ...consignment, currencyCode: 'XXX' })).options).toBeNull()
  expect((await options({ ...consignment, grams: 1_001 })).options).toEqual([])
  expect((await options({ ...consignment, postalCode: '!' })).options).toEqual([])
  // A guest: orders discloses the consignment only to those who have presented the order's secret.
  expect((await options(consignment, anonymous)).options).toHaveLength(1)
})

test('quote keys rotate: the next is published long before it signs, and the last is known until its quotes are over', async () => {
  const keys = () =>
    shop.sql<{ id: string; status: string }>('SELECT id, status FROM quote_key ORDER BY created_at, id')
  const before = await keys()
  expect(before.map(({ status }) => status).sort()).toEqual(['CURRENT', 'NEXT'])
  const start = now
  try {
    now = new Date(start.getTime() + 30 * 86_400_000 + 1)
    await shop.manyAtOnce(4, () => shop.runTimer('rotate-quote-keys'))
    expect((await keys()).map(({ status }) => status).sort()).toEqual(['CURRENT', 'NEXT', 'RETIRED'])
    const retired = before.find(({ status }) => status === 'CURRENT')?.id
    const messages = (await shop.outbox()).filter(({ subject }) => subject === retired)
    expect(messages.map(({ sequence }) => sequence)).toEqual([1, 2])
    const until = new Date(now.getTime() + 32 * 60_000).toISOString()
    expect(messages[1]?.data).toMatchObject({ keyId: retired, notAfter: until })
    const signs = before.find(({ status }) => status === 'NEXT')?.id
    const activated = (await shop.outbox()).filter(({ subject }) => subject === signs)
    expect(activated.map(({ sequence }) => sequence)).toEqual([1, 2])
    const last = new Date(now.getTime() + 62 * 86_400_000 + 32 * 60_000).toISOString()
    expect(activated[1]?.data).toMatchObject({ keyId: signs, notAfter: last })
    await shop.aRate({ areas: [{ countryCode: 'NL' }] })
    const { options } = await shop.options(aCart(), to('NL', '1012'))
    const { payload, isGood } = await opened(options[0].id)
    expect(isGood).toBe(true)
    expect(payload.kid).toBe(before.find(({ status }) => status === 'NEXT')?.id)
    now = new Date(now.getTime() + 33 * 60_000)
    await shop.runTimer('rotate-quote-keys')
    expect((await keys()).map(({ status }) => status).sort()).toEqual(['CURRENT', 'NEXT'])
  } finally {
    now = start
  }
})

/** Fills a table with rows of a test up to one below a bound. */
async function fill(table: 'zone' | 'method' | 'rate', most: number, insert: string, ...values: unknown[]) {
  const where = table === 'rate' ? ' WHERE zone_id = $1' : ''
  const [row] = await shop.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table}${where}`,
    ...values.slice(0, where ? 1 : 0),
  )
  await shop.sql(insert.replace('$rows', `generate_series(1, ${most - 1 - (row?.count ?? 0)}) n`), ...values)
}

// The last test of the file: it leaves no room for more.
test('staff keep so many zones, methods and rates and no more, however many are added at once', async () => {
  const { zoneId, methodId } = await shop.aRate({ areas: [] })
  const bounds = [
    [
      'createShippingRate',
      `there are ${MAX_RATES_PER_ZONE} rates of this zone already: allowed are ${MAX_RATES_PER_ZONE} at most`,
      (index: number) => ({
        idempotencyKey: newId('evt'),
        zoneId,
        methodId,
        upToGrams: 5_000 + index,
        price: EUR('1'),
        estimatedDays: 1,
      }),
    ],
    [
      'createShippingZone',
      `there are ${MAX_ZONES} zones already: allowed are ${MAX_ZONES} at most`,
      () => aZone({ areas: [] }),
    ],
    [
      'createShippingMethod',
      `there are ${MAX_METHODS} methods already: allowed are ${MAX_METHODS} at most`,
      () => aMethod(),
    ],
  ] as const
  await fill(
    'rate',
    MAX_RATES_PER_ZONE,
    `INSERT INTO rate (id, zone_id, method_id, currency, up_to_grams, price_minor, estimated_days, active, version, created_at)
     SELECT 'rat_' || n, $1, $2, 'EUR', 10000 + n, 1, 1, true, 1, now() FROM $rows`,
    zoneId,
    methodId,
  )
  await fill(
    'zone',
    MAX_ZONES,
    `INSERT INTO zone (id, name, version, created_at) SELECT 'zon_' || n, 'Z' || n, 1, now() FROM $rows`,
  )
  await fill(
    'method',
    MAX_METHODS,
    `INSERT INTO method (id, carrier, service, speed, active, version, created_at)
     SELECT 'smt_' || n, 'C', 'S' || n, 'STANDARD', true, 1, now() FROM $rows`,
  )
  for (const [name, message, input] of bounds) {
    const answers = await shop.manyAtOnce(3, (index) => shop.mutate(name, input(index)))
    const errors = answers.flatMap(({ data }) => data[name].userErrors)
    expect(errors).toEqual(Array(2).fill({ __typename: 'ValidationError', message, path: null }))
  }
})
