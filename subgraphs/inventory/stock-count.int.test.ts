import { newId } from '@argyle/kit/ids'
import type { PastEvent } from '@argyle/kit/republish'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { history } from './history.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'

let now = new Date('2026-11-20T10:05:00.000Z')
let room: Stockroom
let levelId: string
beforeAll(async () => {
  room = await openInventory({ clock: () => now })
  const warehouseId = await room.addWarehouse('LEI-1')
  levelId = (await room.addVariant({ warehouseId, onHand: 0 })).levelIds[0] ?? ''
})
afterAll(() => room.close())
beforeEach(async () => {
  now = new Date('2026-11-20T10:05:00.000Z')
  await room.prisma.$executeRawUnsafe('TRUNCATE stock_movement, stock_quarter, outbox_message')
})

/** Writes a ledger entry, as a change of stock does. */
const move = (onHandDelta: number, at: string) =>
  room.prisma.stockMovement.create({
    data: {
      ...{
        stockLevelId: levelId,
        kind: 'COUNT_CORRECTION',
        onHandDelta,
        reservedDelta: 0,
        onHand: 0,
        reserved: 0,
      },
      at: new Date(`2026-11-20T${at}.000Z`),
    },
  })
const publish = () => room.runTimer('publish-stock-counts')
const published = async () =>
  (await room.outbox())
    .filter(({ type }) => type === 'inventory.stock.counted')
    .map(({ subject, sequence, data }) => [
      subject.slice(11, 16),
      sequence,
      (data as { onHandDelta: number }).onHandDelta,
    ])
    .toSorted()

test('the changes of a quarter are published with their number, and again when there are more', async () => {
  await publish()
  await move(10, '09:59:59')
  await move(5, '10:00:00')
  await move(-2, '10:04:00')
  await publish()
  const first = [
    ['09:45', 1, 10],
    ['10:00', 2, 3],
  ]
  expect(await published()).toEqual(first)
  await publish()
  expect(await published()).toEqual(first)
  await move(-3, '10:05:00')
  now = new Date('2026-11-20T10:20:00.000Z')
  await publish()
  expect(await published()).toEqual([...first, ['10:00', 3, 0]])
})

test('a sum of more entries than this replica sees is kept, and not published again', async () => {
  await move(10, '10:00:00')
  const newer = { quarter: new Date('2026-11-20T10:00:00.000Z'), onHandDelta: 12, movements: 2 }
  await room.prisma.stockQuarter.create({ data: newer })
  await publish()
  expect(await published()).toEqual([])
  expect(await room.prisma.stockQuarter.findMany()).toEqual([newer])
})

test('the quarter of a replica whose clock is ahead keeps no entry from being summed up', async () => {
  const ahead = { quarter: new Date('2026-11-20T13:00:00.000Z'), onHandDelta: 1, movements: 1 }
  await room.prisma.stockQuarter.create({ data: ahead })
  await move(4, '10:00:00')
  await publish()
  expect(await published()).toEqual([['10:00', 1, 4]])
})

test('an entry that is committed up to an hour late is in the sum', async () => {
  await move(1, '10:00:00')
  now = new Date('2026-11-20T11:00:00.000Z')
  await move(1, '11:00:00')
  await publish()
  await move(4, '10:00:00')
  await publish()
  expect(await published()).toEqual([
    ['10:00', 1, 1],
    ['10:00', 2, 5],
    ['11:00', 1, 1],
  ])
})

test('changes of several days since the last publication are published, more than a batch of them', async () => {
  await move(1, '00:00:00')
  await publish()
  for (const day of ['21', '22', '24'])
    await room.prisma.$executeRawUnsafe(
      `INSERT INTO stock_movement (stock_level_id, kind, on_hand_delta, reserved_delta, on_hand, reserved, at)
       VALUES ($1, 'COUNT_CORRECTION', 7, 0, 0, 0, $2::timestamptz)`,
      ...[levelId, `2026-11-${day}T12:34:00Z`],
    )
  now = new Date('2026-11-24T12:40:00.000Z')
  await publish()
  const days = (await room.outbox()).map(({ subject }) => subject.slice(0, 16))
  expect(days.toSorted()).toEqual([
    '2026-11-20T00:00',
    '2026-11-21T12:30',
    '2026-11-22T12:30',
    '2026-11-24T12:30',
  ])
})

test('two replicas at once tell each sum once', async () => {
  await move(10, '10:00:00')
  await room.manyAtOnce(2, publish)
  expect(await published()).toEqual([['10:00', 1, 10]])
})

test('a sale changes the units on hand once it is committed, and nothing while it is reserved', async () => {
  const warehouseId = await room.addWarehouse('LEI-2')
  const { variantId } = await room.addVariant({ warehouseId, onHand: 9 })
  await room.prisma.$executeRawUnsafe('TRUNCATE stock_movement')
  const orderId = newId('ord')
  await room.deliver('inventory.reserve', { orderId, lines: [{ variantId, quantity: 4 }] })
  await publish()
  expect(await published()).toEqual([])
  await room.deliver('inventory.commit', { orderId })
  await publish()
  expect(await published()).toEqual([['10:00', 1, -4]])
})

test('the history has sums for analytics, and availabilities for the others', async () => {
  for (const [index, at] of ['08:00:00', '08:20:00', '08:40:00'].entries()) await move(index + 1, at)
  await publish()
  const page = { after: null, limit: 2, since: null }
  const published = (recipient: string, more: object = {}) =>
    Promise.all(history.map((part) => part(room.own, { ...page, recipient, ...more })))
  const subjects = (parts: PastEvent[][]) =>
    parts.map((part) => part.map(({ event }) => event.subject.slice(11, 16)))
  const [none, sums] = await published('analytics')
  expect([none, sums?.map(({ event }) => event.sequence)]).toEqual([[], [1, 1]])
  const after = sums?.at(-1)?.cursor
  expect(subjects(await published('analytics', { after }))).toEqual([[], ['08:30']])
  // The quarter that contains the instant may have changed after it.
  const since = new Date('2026-11-20T08:20:00.000Z')
  expect(subjects(await published('analytics', { since }))).toEqual([[], ['08:15', '08:30']])
  expect((await published('search'))[1]).toEqual([])
})

test('a quarter that has ended is replayed with the time of its end, and another with no later time than now', async () => {
  await room.prisma.stockQuarter.createMany({
    data: [
      { quarter: new Date('2020-01-01T10:15:00.000Z'), onHandDelta: 3, movements: 2 },
      { quarter: new Date('2999-01-01T10:15:00.000Z'), onHandDelta: 4, movements: 1 },
    ],
  })
  const page = { after: null, limit: 2, since: null, recipient: 'analytics' }
  const [, sums] = await Promise.all(history.map((part) => part(room.own, page)))
  expect(sums).toMatchObject([
    { time: new Date('2020-01-01T10:30:00.000Z'), event: { sequence: 2 } },
    { event: { sequence: 1 } },
  ])
  expect(Number(sums?.[1]?.time)).toBeLessThanOrEqual(Date.now())
})

test('the history has the published stock of each variant, by id, with the time of its change', async () => {
  const warehouseId = await room.addWarehouse('LEI-3')
  const beginning = { warehouseId, onHand: 9 }
  const variantIds = [newId('var'), newId('var'), newId('var')]
  await room.stockVariant(newId('var'), beginning)
  for (const [index, variantId] of variantIds.toReversed().entries()) {
    await room.stockVariant(variantId, beginning)
    now = new Date(Date.parse('2026-11-20T12:00:00.000Z') + index * 1_000)
    await room.deliver('inventory.reserve', { orderId: newId('ord'), lines: [{ variantId, quantity: 5 }] })
  }
  const [availabilities] = history
  const replayed = async (since: string | null, after: string | null, limit: number) => {
    const from = since === null ? null : new Date(`2026-11-20T${since}.000Z`)
    const page = { recipient: 'search', since: from, after, limit }
    const events = (await availabilities?.(room.own, page)) ?? []
    return events.map(({ event, time, cursor }) => [event.subject, time.toISOString().slice(11, 19), cursor])
  }
  const all = variantIds.map((id, index) => [id, `12:00:0${2 - index}`, id])
  // Stock that never changed was never published.
  const first = await replayed('12:00:00', null, 2)
  expect(first).toEqual(all.slice(0, 2))
  expect(await replayed('12:00:00', String(first.at(-1)?.[0]), 2)).toEqual(all.slice(2))
  expect(await replayed('12:00:01', null, 9)).toEqual(all.slice(0, 2))
  const whole = await replayed(null, null, 99)
  expect(whole.slice(-3)).toEqual(all)
  expect(whole).toHaveLength(await room.prisma.variant.count({ where: { availabilitySequence: { gt: 0 } } }))
})
