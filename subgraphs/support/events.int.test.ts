import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anAgent, aQuestion, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** A sample message of its publisher. Subgraphs share such files, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test.each(['changed', 'answered', 'breached'])(
  'support.ticket.%s has the fields of its sample',
  async (name) => {
    const { id } = await shop.aTicket()
    await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1 }), anAgent())
    const { id: late } = await shop.aTicket()
    shop.passMinutes(480)
    await shop.markDue()
    const [event] = await shop.published(name, name === 'breached' ? late : id)
    const sample = sampleOf('support', `support.ticket.${name}`)
    expect(Object.keys(event?.data as object).sort()).toEqual(Object.keys(sample.data as object).sort())
  },
)

test('the state of a ticket has the value of each field', async () => {
  const [viewer, agent] = [customer(newId('usr')), anAgent()]
  const [orderId, productId] = [await shop.anOrder(idOf(viewer)), await shop.aProduct()]
  const opened = shop.passMinutes(0).getTime()
  const at = (minutes: number) => new Date(opened + minutes * 60_000).toISOString()
  const { id } = await shop.aTicket(viewer, { orderId, productId })
  const step = (expectedVersion: number) => ({ id, expectedVersion })
  await shop.accepted('prioritizeTicket', { ...step(1), priority: 'URGENT' }, agent)
  await shop.accepted('assignTicket', { ...step(2), assigneeId: idOf(agent) }, agent)
  shop.passMinutes(70)
  await shop.accepted('answerTicket', aReply(id, { expectedVersion: 3 }), agent)
  await shop.accepted('writeToTicket', aReply(id), viewer)
  shop.passMinutes(1_000)
  await shop.accepted('resolveTicket', step(5), agent)
  await shop.accepted('rateTicket', { ...step(6), rating: 4 }, viewer)
  const [event] = (await shop.published('changed', id)).slice(-1)
  expect(event?.data).toEqual({
    ...{ ticketId: id, customerId: idOf(viewer), orderId, productId, assigneeId: idOf(agent) },
    ...{ status: 'RESOLVED', priority: 'URGENT', mergedIntoId: null, rating: 4 },
    ...{ openedAt: at(0), firstRespondedAt: at(70), firstResponseBreachedAt: at(60) },
    ...{ resolvedAt: at(1_070), resolutionBreachedAt: at(480) },
  })
})

test('the newest state of a product wins, in any order of messages', async () => {
  const productId = newId('prd')
  for (const [status, sequence] of [
    ['ACTIVE', 2],
    ['DRAFT', 1],
    ['ARCHIVED', 3],
    ['ACTIVE', 2],
  ] as const)
    await shop.deliver('products.product.changed', { productId, status }, { subject: productId, sequence })
  const known = await shop.sql('SELECT status, sequence FROM known_product WHERE product_id = $1', productId)
  expect(known).toEqual([{ status: 'ARCHIVED', sequence: 3 }])
})

test.each([[['placed', 'claimed']], [['claimed', 'placed']], [['claimed', 'claimed', 'placed', 'placed']]])(
  'a guest’s order belongs to the account that claimed it first, with the messages %j',
  async (types) => {
    const [orderId, customerId, other] = [newId('ord'), newId('usr'), newId('usr')]
    const message = { orderId, number: 'A-1', customerId }
    for (const type of types)
      await shop.deliver(
        `orders.order.${type}`,
        type === 'placed' ? { ...message, customerId: null } : message,
      )
    await shop.deliver('orders.order.claimed', { ...message, customerId: other })
    await shop.aTicket(customer(customerId), { orderId })
    expect(await shop.refused('openTicket', aQuestion({ orderId }), customer(other))).toMatchObject([
      { __typename: 'UnknownOrderError' },
    ])
  },
)

test('what the owners publish is understood, twice', async () => {
  const deliveries = [
    ['products', 'products.product.changed', 'known_product', 'product_id'],
    ['products', 'products.category.changed', 'known_category', 'category_id'],
    ['orders', 'orders.order.placed', 'known_order', 'order_id'],
    ['orders', 'orders.order.claimed', 'known_order', 'order_id'],
    ['users', 'users.profile.updated', 'person', 'user_id'],
    ['users', 'users.roles.changed', 'agent', 'user_id'],
  ] as const
  for (const [publisher, type, table, key] of [...deliveries, ...deliveries]) {
    const { data, ...about } = sampleOf(publisher, type)
    await shop.deliver(type, data, about)
    expect(await shop.sql(`SELECT 1 FROM ${table} WHERE ${key} = $1`, about.subject)).toHaveLength(1)
  }
})
