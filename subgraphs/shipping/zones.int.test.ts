import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMethod, aZone, EUR, type OpenShipping, openShipping } from './testing/open-shipping.ts'

let shop: OpenShipping
beforeAll(async () => {
  shop = await openShipping()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('a postal prefix is as long as a postal code, in capitals', async () => {
  const areas = [{ countryCode: 'AT', postalCodePrefix: 'ß'.repeat(8) }]
  const { zone } = await shop.accepted('createShippingZone', aZone({ areas }))
  expect(zone.areas).toEqual([{ countryCode: 'AT', postalCodePrefix: 'S'.repeat(16) }])
})

test('of two changes of one version of a zone, a method or a rate at once, one is made', async () => {
  const { zoneId, methodId, rateId } = await shop.aRate()
  const changes = [
    ['updateShippingZone', { id: zoneId, name: newId('zon') }],
    ['updateShippingMethod', { id: methodId, active: false }],
    ['updateShippingRate', { id: rateId, amount: '2.00' }],
  ] as const
  for (const [name, change] of changes) {
    const answers = await shop.manyAtOnce(2, () => shop.mutate(name, { ...change, expectedVersion: 1 }))
    const errors = answers.flatMap(({ data }) => data[name].userErrors)
    expect([name, errors]).toMatchObject([name, [{ __typename: 'VersionConflictError', currentVersion: 2 }]])
  }
})

test('what a change of a zone, a method or a rate answers is what is stored', async () => {
  const { zoneId, methodId, rateId } = await shop.aRate({ areas: [{ countryCode: 'LU' }] })
  const areas = [{ countryCode: 'MT', postalCodePrefix: 'V' }]
  const name = newId('zon')
  await shop.accepted('updateShippingZone', { id: zoneId, expectedVersion: 1, name, areas })
  await shop.accepted('updateShippingMethod', { id: methodId, expectedVersion: 1, active: false })
  const rate = { amount: '7.00', estimatedDays: 9, active: false }
  await shop.accepted('updateShippingRate', { id: rateId, expectedVersion: 1, ...rate })
  const { prisma } = shop.resources
  const [zone, method, stored] = await Promise.all([
    prisma.zone.findUnique({ where: { id: zoneId }, include: { areas: true } }),
    prisma.method.findUnique({ where: { id: methodId } }),
    prisma.rate.findUnique({ where: { id: rateId } }),
  ])
  expect(zone).toMatchObject({ name, version: 2, areas: [{ countryCode: 'MT', postalPrefix: 'V' }] })
  expect(method).toMatchObject({ active: false, version: 2 })
  expect(stored).toMatchObject({ priceMinor: 700n, estimatedDays: 9, active: false, version: 2 })
})

test('a new name keeps the areas of a zone, and new areas keep its name', async () => {
  const areas = [{ countryCode: 'MC', postalCodePrefix: '98' }]
  const { zone } = await shop.accepted('createShippingZone', aZone({ areas }))
  const renamed = { id: zone.id, expectedVersion: 1, name: newId('zon') }
  const { name } = renamed
  expect((await shop.accepted('updateShippingZone', renamed)).zone).toMatchObject({ name, areas })
  const moved = { id: zone.id, expectedVersion: 2, areas: [] }
  expect((await shop.accepted('updateShippingZone', moved)).zone).toMatchObject({ name, areas: [] })
})

test('the amount of a rate is read in its currency', async () => {
  const { rateId } = await shop.aRate({ areas: [], rate: { price: { amount: '500', currencyCode: 'JPY' } } })
  const change = { id: rateId, expectedVersion: 1 }
  expect(await shop.refused('updateShippingRate', { ...change, amount: '7.50' })).toMatchObject([
    { __typename: 'ValidationError', path: ['amount'] },
  ])
  const { rate } = await shop.accepted('updateShippingRate', { ...change, amount: '700' })
  expect(rate.price).toEqual({ amount: '700', currencyCode: 'JPY' })
})

test('a change of a zone does not wait for that of another', async () => {
  const [{ zoneId: held }, { zoneId: id }] = [
    await shop.aRate({ areas: [] }),
    await shop.aRate({ areas: [] }),
  ]
  const work = () => shop.accepted('updateShippingZone', { id, expectedVersion: 1, name: newId('zon') })
  await shop.whileLocked('SELECT 1 FROM zone WHERE id = $1 FOR UPDATE', [held], work)
})

test('two zones cannot take one name at once', async () => {
  const zones = [aZone({ areas: [] }), aZone({ areas: [] })]
  const [one, two] = await Promise.all(zones.map((zone) => shop.accepted('createShippingZone', zone)))
  const update = (id: string) =>
    shop.refused('updateShippingZone', { id, expectedVersion: 1, name: 'The same name' })
  const taken = {
    __typename: 'ValidationError',
    path: ['name'],
    message: 'name is "The same name": allowed is one that no other zone has',
  }
  let waiting: ReturnType<typeof update> | undefined
  await shop.resources.prisma.$transaction(async (tx) => {
    await tx.zone.updateMany({ where: { id: one.zone.id }, data: { name: 'The same name' } })
    waiting = update(two.zone.id)
    // The update waits for this transaction at the unique index.
    await shop.untilWaiting(1, [waiting])
  })
  expect(await waiting).toEqual([taken])
  expect(await update(two.zone.id)).toEqual([taken])
})

test('an area of another zone is refused by the name of that zone, beside areas of the zone itself', async () => {
  const { zone } = await shop.accepted('createShippingZone', aZone({ areas: [{ countryCode: 'SM' }] }))
  const mine = [{ countryCode: 'AD' }, { countryCode: 'VA' }]
  const own = await shop.accepted('createShippingZone', aZone({ areas: mine }))
  const change = { id: own.zone.id, expectedVersion: 1, areas: [...mine, { countryCode: 'SM' }] }
  expect(await shop.refused('updateShippingZone', change)).toMatchObject([
    {
      message: `areas has SM, which zone ${JSON.stringify(zone.name)} covers: allowed is one that no other zone has`,
      path: ['areas'],
    },
  ])
})

test('a zone takes no area, a method no service, and a rate no band, that another has; the refused change leaves nothing behind', async () => {
  const { zone } = await shop.accepted('createShippingZone', aZone({ areas: [{ countryCode: 'GR' }] }))
  const before = await shop.sql('SELECT id, name, version FROM zone ORDER BY id')
  const [taken] = await shop.refused('createShippingZone', aZone({ areas: [{ countryCode: 'gr' }] }))
  expect(taken).toMatchObject({ path: ['areas'], message: expect.stringContaining(`"${zone.name}"`) })
  const name = { id: zone.id, expectedVersion: 1, name: 'Hellas', areas: [{ countryCode: 'FR' }] }
  expect(await shop.refused('updateShippingZone', name)).toMatchObject([{ path: ['areas'] }])
  expect(await shop.refused('createShippingZone', aZone({ name: zone.name, areas: [] }))).toMatchObject([
    { path: ['name'] },
  ])
  expect(await shop.sql('SELECT id, name, version FROM zone ORDER BY id')).toEqual(before)
  const { method } = await shop.accepted('createShippingMethod', aMethod())
  const { carrier, service } = method
  const twice = `service is "${service}": allowed is one that "${carrier}" does not have yet`
  expect(await shop.refused('createShippingMethod', aMethod({ carrier, service }))).toEqual([
    { __typename: 'ValidationError', message: twice, path: ['service'] },
  ])
  await shop.accepted('createShippingMethod', aMethod({ carrier: 'Zebra', service }))
  const { zoneId, methodId } = await shop.aRate({ zoneId: zone.id })
  const rate = { zoneId, methodId, upToGrams: 1_000, price: EUR('1'), estimatedDays: 1 }
  expect(await shop.refused('createShippingRate', { idempotencyKey: newId('evt'), ...rate })).toMatchObject([
    { path: ['upToGrams'] },
  ])
})
