import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { MAX_SUBSCRIPTIONS } from './push/push-subscription.ts'
import { pushSubscriptionStore } from './push/push-subscription-store.ts'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. The clock stands still, so that
// all rows of a list have one instant.

let shop: OpenNotifications
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const userId = newId('usr')
const ids: string[] = []

beforeAll(async () => {
  database = await sequentialDatabase('notifications')
  shop = await openNotifications({}, { database })
  for (let count = 0; count < 3; count++) {
    const id = newId('ntf')
    const text = { kind: 'WELCOME', language: 'en', title: id, body: 'Hello.' }
    const state = { channel: 'EMAIL', status: 'FAILED', lastError: 'No.' }
    await shop.prisma.notification.create({
      data: {
        ...{ id, occasionId: `WELCOME ${id}`, recipient: userId, userId, ...text, ...state },
        ...{ address: 'ada@argyle.example', availableAt: shop.now(), createdAt: shop.now() },
      },
    })
    ids.push(id)
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type List = { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }

/** Reads a list to its end, two nodes a page. */
async function walk(name: string, more = ''): Promise<string[]> {
  const viewer = name === 'notifications' ? customer(userId) : staff('support:read')
  const all: string[] = []
  for (let after: string | null = null; ; ) {
    const query = `query ($after: String) { ${name}(first: 2, after: $after${more}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`
    const { data, errors } = await shop.execute(query, { after }, viewer)
    expect(errors).toEqual([])
    const list: List = data[name]
    all.push(...list.edges.map(({ node }) => node.id))
    if (!list.pageInfo.hasNextPage) return all
    after = list.pageInfo.endCursor
  }
}

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  test.each([
    ['notifications', ', channel: EMAIL'],
    ['failedNotifications', ''],
  ])('%s, the newest first', async (name, more) => {
    if (order === 'reversed') await reverseRows(database)
    expect(await walk(name, more)).toEqual(ids.toSorted().reverse())
  })

  test('browsers, the newest first; one more replaces the oldest', async () => {
    const subscriptions = pushSubscriptionStore(shop.prisma, shop.now)
    const keys = { p256dh: 'key', auth: 'secret' }
    const ada = newId('usr')
    const made: string[] = []
    const register = async () => {
      const endpoint = `https://push.example/${newId('psb')}`
      made.push((await subscriptions.register(ada, { endpoint, ...keys })).id)
    }
    for (let count = 0; count < MAX_SUBSCRIPTIONS; count++) await register()
    if (order === 'reversed') await reverseRows(database)
    const read = async () => (await subscriptions.of(ada)).map(({ id }) => id)
    expect(await read()).toEqual(made.toSorted().reverse())
    await register()
    expect(await read()).toEqual(made.toSorted().slice(1).reverse())
  })

  test('consents of the history, by account', async () => {
    const made = await Promise.all([0, 1, 2].map(async () => (await shop.aPerson()).userId))
    for (const id of made.toSorted().reverse()) await shop.preferences.unsubscribe(id, 'ORDER_SHIPPED')
    if (order === 'reversed') await reverseRows(database)
    const last = made.toSorted()[0] ?? ''
    // The cursor is that of the account before them.
    const page = { after: `${last.slice(0, -1)}`, limit: 2, since: null, recipient: 'support' }
    const read = await history[0]?.({ prisma: shop.prisma }, page)
    expect(read?.map(({ cursor }) => cursor)).toEqual(made.toSorted().slice(0, 2))
  })

  test('occasions are planned in the order in which they are due', async () => {
    const { userId: ada } = await shop.aPerson()
    const orderIds: string[] = []
    for (let count = 0; count < 3; count++) orderIds.push(await shop.anOrder({ customerId: ada }))
    for (const orderId of orderIds) await shop.deliverSample('orders.order.confirmed', { orderId })
    for (const [place, orderId] of orderIds.toReversed().entries())
      await shop.prisma.occasion.updateMany({
        where: { orderId },
        data: { dueAt: new Date(shop.now().getTime() - 3 + place) },
      })
    if (order === 'reversed') await reverseRows(database)
    await shop.occasions.planDue()
    const planned = await shop.sql<{ orderId: string }>(
      `SELECT o.order_id AS "orderId" FROM notification n JOIN occasion o ON o.id = n.occasion_id
        WHERE n.user_id = $1 AND n.channel = 'IN_APP' AND o.order_id IS NOT NULL ORDER BY n.id`,
      ada,
    )
    expect(planned.map(({ orderId }) => orderId)).toEqual(orderIds.toReversed())
  })

  test('a digest has stocks by what is left and by name, deadlines by their time, jobs by how often they failed', async () => {
    const noted = (minute: number) => new Date(shop.now().getTime() - (20 - minute) * 60_000)
    const item = (id: string, kind: string, data: object, minute: number) =>
      shop.prisma.digestItem.create({ data: { id: `${order} ${id}`, kind, data, notedAt: noted(minute) } })
    const stock = (variantId: string, available: number) => ({ variantId, available, reorderPoint: 9 })
    for (const [name, left] of [
      ['C', 2],
      ['B', 2],
      ['A', 3],
    ] as const)
      await item(name, 'LOW_STOCK', stock(name, left), 1)
    for (const [name, minute] of [
      ['3', 2],
      ['2', 2],
      ['1', 3],
    ] as const)
      await item(
        `T${name}`,
        'TICKET_BREACHED',
        { ticketId: name, clock: 'RESOLUTION', priority: 'LOW' },
        minute,
      )
    for (const [name, minute] of [
      ['3', 2],
      ['2', 2],
      ['1', 3],
    ] as const)
      await item(`R${name}`, 'FAILED_REFUND', { orderId: name, code: 'x' }, minute)
    for (const [name, type] of [
      ['1', 'b'],
      ['2', 'a'],
      ['3', 'c'],
      ['4', 'c'],
    ] as const)
      await item(`J${name}`, 'FAILED_JOB', { consumer: 'search', type }, 1)
    if (order === 'reversed') await reverseRows(database)
    const admin = newId('usr')
    const due = { nextAt: shop.now(), coveredUntil: noted(0) }
    await shop.prisma.staff.create({ data: { userId: admin, roles: ['ADMIN'], sequence: 1, ...due } })
    await shop.digests.planDue()
    const [occasion] = await shop.sql<{ data: Record<string, { lines: Record<string, unknown>[] }> }>(
      'SELECT data FROM occasion WHERE user_id = $1',
      admin,
    )
    await shop.prisma.digestItem.deleteMany({})
    await shop.prisma.occasion.deleteMany({ where: { userId: admin } })
    const shown = (part: string, field: string) =>
      occasion?.data[part]?.lines.map((line) => line[field]).join(' ')
    expect(shown('lowStock', 'name')).toBe('B C A')
    expect(shown('breaches', 'ticketId')).toBe('2 3 1')
    expect(shown('refunds', 'order')).toBe('2 3 1')
    expect(shown('failures', 'type')).toBe('c a b')
  })
})
