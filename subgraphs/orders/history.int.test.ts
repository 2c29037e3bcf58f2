import type { PastEvent } from '@argyle/kit/republish'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { history } from './history.ts'
import { openOrders, type Shop } from './testing/open-orders.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const [orders, summaries] = history

/** All events of a part for one consumer, read in pages of one order each. */
async function eventsFor(part: typeof orders, recipient: string, since: Date | null = null) {
  const all: PastEvent[] = []
  for (let after: string | null = null; ; ) {
    const page: readonly PastEvent[] = (await part?.(shop.own, { after, limit: 1, since, recipient })) ?? []
    const last = page.at(-1)
    if (!last) return all.map(({ event: { type, subject }, time }) => [type, subject, time])
    all.push(...page)
    after = last.cursor
  }
}

/** Expects that each event of a page is the last message of its type about its order. */
async function expectAsSent(page: readonly PastEvent[] = []) {
  const sent = await shop.outbox()
  for (const { event } of page) {
    const last = sent.findLast(({ type, subject }) => type === event.type && subject === event.subject)
    expect(event).toEqual({
      type: last?.type,
      subject: last?.subject,
      sequence: last?.sequence,
      data: last?.data,
    })
  }
}

test('an order is republished as placed and as cancelled, each since its own time', async () => {
  const placedAt = now
  const buyer = await shop.addBuyer()
  const { id: kept } = await shop.order(buyer)
  const { id: lost } = await shop.order(buyer)
  now = new Date(placedAt.getTime() + 60_000)
  await shop.answer('rejected', lost)
  const placed = (id: string) => ['orders.order.placed', id, placedAt]
  const cancelled = ['orders.order.cancelled', lost, now]
  expect(await eventsFor(orders, 'search')).toEqual([placed(kept), placed(lost), cancelled])
  expect(await eventsFor(orders, 'search', placedAt)).toEqual([placed(kept), placed(lost), cancelled])
  expect(await eventsFor(orders, 'search', now)).toEqual([cancelled])
  expect(await eventsFor(orders, 'search', new Date(now.getTime() + 1))).toEqual([])
  const page = await orders?.(shop.own, { after: null, limit: 9, since: null, recipient: 'search' })
  expect(page?.map(({ cursor }) => cursor)).toEqual([kept, lost, lost])
  await expectAsSent(page)
  const { id: next } = await shop.order(buyer)
  now = new Date(now.getTime() + 60_000)
  await shop.answer('rejected', next)
  expect(await eventsFor(orders, 'search', now)).toEqual([['orders.order.cancelled', next, now]])
})

test('summaries, which have the e-mails of guests, are republished only to notifications and support', async () => {
  const { id } = await shop.order(await shop.addBuyer())
  for (const reader of ['notifications', 'support'])
    expect(await eventsFor(summaries, reader, now)).toEqual([['orders.order.summarised', id, now]])
  expect(await eventsFor(summaries, 'support', new Date(now.getTime() + 1))).toEqual([])
  await expectAsSent(await summaries?.(shop.own, { after: null, limit: 9, since: now, recipient: 'support' }))
  for (const other of ['search', 'analytics', 'recommendations'])
    expect(await eventsFor(summaries, other)).toEqual([])
})
