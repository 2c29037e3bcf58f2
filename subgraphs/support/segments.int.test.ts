import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSegment, segmentsOf } from './testing/a-segment.ts'
import { aMarketer, anAgent, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
const marketer = aMarketer()
beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
})
afterAll(() => shop.close())

const DAY_MINUTES = 1_440

test('a marketer makes a segment, and sees who is in it and why', async () => {
  const [ada, bo] = [await crm.aCustomer('Ada'), await crm.aCustomer('Bo')]
  const productId = await shop.aProduct()
  const categoryId = newId('cat')
  const data = { productId, status: 'ACTIVE', categoryId }
  await crm.deliverNow('products.product.changed', data, { subject: productId, sequence: 2 })
  await crm.aSale(ada, { minor: 9_000, productId, daysAgo: 3 })
  await crm.aSale(ada, { minor: 3_990, country: 'AT' })
  await crm.aSale(bo, { minor: 9_000, daysAgo: 3 })
  await crm.work()
  const id = await crm.aBuiltSegment([
    { fact: 'SPENT', atLeast: '100', currencyCode: 'EUR' },
    { fact: 'COUNTRY', in: ['AT', 'AT'] },
    { fact: 'CATEGORY', in: [categoryId] },
    { fact: 'DAYS_SINCE_FIRST_ORDER', atLeast: '3' },
    { fact: 'ORDERS', atLeast: '2' },
  ])
  expect(await crm.membersOf(id)).toEqual([ada])
  const shown = await crm.shownOf(ada)
  expect(shown.segments).toEqual([
    {
      segment: { id, name: expect.any(String) },
      since: shop.passMinutes(0).toISOString(),
      reasons: [
        { fact: 'SPENT', text: 'spent 129.90 EUR, at least 100 EUR' },
        { fact: 'COUNTRY', text: 'country: AT' },
        { fact: 'CATEGORY', text: `categories bought: ${categoryId}` },
        { fact: 'DAYS_SINCE_FIRST_ORDER', text: 'first order on 2026-10-30, at least 3 days ago' },
        { fact: 'ORDERS', text: 'orders: 2, at least 2' },
      ],
    },
  ])
  expect(shown.purchaseProfile).toMatchObject({
    orderCount: 2,
    firstOrderAt: shop.passMinutes(-3 * DAY_MINUTES).toISOString(),
    lastOrderAt: shop.passMinutes(3 * DAY_MINUTES).toISOString(),
    countryCode: 'AT',
    spent: [{ amount: '129.90', currencyCode: 'EUR' }],
    acceptsCampaigns: false,
  })
  expect((await crm.shownOf(bo)).segments).toEqual([])
  // A member stays one since then, for another reason.
  shop.passMinutes(1)
  await crm.aSale(ada, { minor: 1_000, country: 'AT' })
  await crm.work()
  expect((await crm.shownOf(ada)).segments).toMatchObject([
    {
      since: shown.segments[0].since,
      reasons: [{ text: 'spent 139.90 EUR, at least 100 EUR' }, {}, {}, {}, {}],
    },
  ])
})

describe('members follow', () => {
  test('sales, their cancellation and refunds', async () => {
    const ada = await crm.aCustomer()
    const id = await crm.aBuiltSegment([{ fact: 'SPENT', atLeast: '20', currencyCode: 'EUR' }])
    const isMember = async () => {
      await crm.work()
      return (await crm.membersOf(id)).includes(ada)
    }
    expect(await isMember()).toBe(false)
    const first = { orderId: await crm.aSale(ada, { minor: 1_500 }), minor: 1_500 }
    const second = { orderId: await crm.aSale(ada, { minor: 1_000 }), minor: 1_000 }
    expect(await isMember()).toBe(true)
    await crm.aSale(ada, { ...second, sequence: 5, refunded: 600 })
    expect(await isMember()).toBe(false)
    await crm.aSale(ada, { ...second, sequence: 4 })
    expect(await isMember()).toBe(false)
    await crm.aSale(ada, { minor: 600 })
    expect(await isMember()).toBe(true)
    await crm.aSale(ada, { ...first, sequence: 6, status: 'CANCELLED' })
    expect(await isMember()).toBe(false)
  })

  test('sales that are not cancelled, and products that have a category', async () => {
    const ada = await crm.aCustomer()
    const [productId, categoryId] = [newId('prd'), newId('cat')]
    const product = { productId, status: 'ACTIVE', categoryId }
    await crm.deliverNow('products.product.changed', product, { subject: productId, sequence: 1 })
    await crm.aSale(ada, { country: 'FR', minor: 700, daysAgo: 3, productId: await shop.aProduct() })
    await crm.aSale(ada, { country: 'AT', currency: 'USD', productId, status: 'CANCELLED' })
    await crm.aSale(ada, { country: 'IT', currency: 'USD', productId, status: 'CANCELLED', daysAgo: 9 })
    await crm.work()
    const at = shop.passMinutes(-3 * DAY_MINUTES).toISOString()
    shop.passMinutes(3 * DAY_MINUTES)
    expect((await crm.shownOf(ada)).purchaseProfile).toMatchObject({
      ...{ orderCount: 1, firstOrderAt: at, lastOrderAt: at, countryCode: 'FR' },
      spent: [{ amount: '7.00', currencyCode: 'EUR' }],
    })
    const [facts] = await shop.sql('SELECT currency, categories FROM customer WHERE user_id = $1', ada)
    expect(facts).toEqual({ currency: 'EUR', categories: [] })
  })

  test('time alone, at the instant at which a day is full', async () => {
    const ada = await crm.aCustomer()
    await crm.aSale(ada)
    await crm.work()
    // The rule that is evaluated last is not the first to change.
    const fresh = await crm.aBuiltSegment([{ fact: 'DAYS_SINCE_LAST_ORDER', atMost: '0' }])
    const lapsed = await crm.aBuiltSegment([{ fact: 'DAYS_SINCE_LAST_ORDER', atLeast: '90' }])
    // The first of the instants at which a rule changes. Scores, which change hourly, would hide a later one.
    const isDueTomorrow = async () => {
      const [row] = await shop.sql<{ at: Date }>('SELECT due_at AS at FROM customer WHERE user_id = $1', ada)
      return Number(row?.at) - Number(shop.passMinutes(0)) === DAY_MINUTES * 60_000
    }
    expect(await isDueTomorrow()).toBe(true)
    const seen = async () => {
      await crm.work()
      return [(await crm.membersOf(lapsed)).includes(ada), (await crm.membersOf(fresh)).includes(ada)]
    }
    expect(await seen()).toEqual([false, true])
    shop.passMinutes(DAY_MINUTES - 1)
    expect(await seen()).toEqual([false, true])
    shop.passMinutes(1)
    expect(await seen()).toEqual([false, false])
    shop.passMinutes(89 * DAY_MINUTES)
    expect(await seen()).toEqual([true, false])
    await crm.aSale(ada)
    expect(await seen()).toEqual([false, true])
    expect(await isDueTomorrow()).toBe(true)
  })

  test('a consent and its withdrawal', async () => {
    const ada = await crm.aCustomer()
    const id = await crm.aBuiltSegment([{ fact: 'ACCEPTS_CAMPAIGNS', is: true }])
    const isMember = async (acceptsCampaigns: boolean, sequence: number) => {
      const data = { userId: ada, acceptsCampaigns }
      await crm.deliverNow('notifications.consent.changed', data, { subject: ada, sequence })
      await crm.work()
      return (await crm.membersOf(id)).includes(ada)
    }
    expect(await isMember(true, 2)).toBe(true)
    // A new rule is evaluated by the consent that is known.
    const later = await crm.aBuiltSegment([{ fact: 'ACCEPTS_CAMPAIGNS', is: true }])
    expect(await crm.membersOf(later)).toEqual([ada])
    expect(await isMember(false, 3)).toBe(false)
  })

  test('either of two alternatives', async () => {
    const [ada, bo] = [await crm.aCustomer(), await crm.aCustomer()]
    const alternatives = [
      {
        anyOf: [
          { fact: 'COUNTRY', in: ['NZ'] },
          { fact: 'SPENT', atLeast: '500', currencyCode: 'EUR' },
        ],
      },
    ]
    const { id } = await shop.accepted(
      'createSegment',
      aSegment({ all: [{ fact: 'ORDERS', atLeast: '1' }], alternatives }),
      marketer,
    )
    await crm.work()
    expect(await crm.membersOf(id)).toEqual([])
    await crm.aSale(ada, { country: 'NZ' })
    const orderId = await crm.aSale(bo, { minor: 50_000 })
    await crm.work()
    expect((await crm.membersOf(id)).toSorted()).toEqual([ada, bo].toSorted())
    const mine = (await crm.shownOf(bo)).segments.find(
      (one: { segment: { id: string } }) => one.segment.id === id,
    )
    expect(mine.reasons).toEqual([
      { fact: 'ORDERS', text: 'orders: 1, at least 1' },
      { fact: 'SPENT', text: 'spent 500.00 EUR, at least 500 EUR' },
    ])
    await crm.aSale(bo, { orderId, minor: 50_000, sequence: 5, refunded: 1 })
    await crm.work()
    expect(await crm.membersOf(id)).toEqual([ada])
  })

  test('another category of a product', async () => {
    const ada = await crm.aCustomer()
    const [productId, categoryId] = [newId('prd'), newId('cat')]
    await crm.aSale(ada, { productId })
    const id = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [categoryId] }])
    await crm.work()
    expect(await crm.membersOf(id)).toEqual([])
    const data = { productId, status: 'ACTIVE', categoryId }
    await crm.deliverNow('products.product.changed', data, { subject: productId, sequence: 1 })
    await crm.work()
    expect(await crm.membersOf(id)).toEqual([ada])
  })

  test('another rule, and not another name', async () => {
    const ada = await crm.aCustomer()
    await crm.aSale(ada, { country: 'JP' })
    await crm.work()
    const id = await crm.aBuiltSegment([{ fact: 'COUNTRY', in: ['FI'] }])
    const change = { id, name: newId('key'), all: [{ fact: 'COUNTRY', in: ['JP'] }] }
    const changed = await shop.accepted('updateSegment', { ...change, expectedVersion: 1 }, marketer)
    expect(changed).toMatchObject({ version: 2, isBuilding: true })
    const rename = (expectedVersion: number) =>
      shop.accepted('updateSegment', { ...change, name: newId('key'), expectedVersion }, marketer)
    expect(await rename(2), 'while the rule is evaluated').toMatchObject({ version: 3, isBuilding: true })
    await crm.evaluations.finishSegments()
    expect(await crm.membersOf(id)).toContain(ada)
    expect(await rename(3)).toMatchObject({ version: 4, isBuilding: false })
    expect(await shop.refused('updateSegment', { ...change, expectedVersion: 2 }, marketer)).toMatchObject([
      { __typename: 'VersionConflictError', currentVersion: 4 },
    ])
  })
})

test('more customers than one transaction evaluates are all evaluated, by two replicas at once', async () => {
  const ids: string[] = []
  for (let count = 0; count < 201; count++) ids.push(await crm.aCustomer())
  for (const userId of ids) await crm.aSale(userId, { country: 'NO' })
  const norway = await crm.aBuiltSegment([{ fact: 'COUNTRY', in: ['NO'] }])
  await shop.manyAtOnce(2, () => crm.evaluations.evaluateDue())
  await crm.evaluations.evaluateDue()
  expect(await crm.countOf(norway)).toBe(201)
  expect(await shop.sql('SELECT 1 FROM customer WHERE due_at <= $1', shop.passMinutes(0))).toEqual([])
})

test('a new rule is evaluated for more customers than one transaction takes, and so is its deletion', async () => {
  await shop.sql(
    `INSERT INTO customer (user_id, country_code) SELECT 'usr_many_' || n, 'SE' FROM generate_series(1, 1001) n`,
  )
  const id = await crm.aBuiltSegment([{ fact: 'COUNTRY', in: ['SE'] }])
  expect(await crm.countOf(id)).toBe(1_001)
  await shop.accepted('deleteSegment', { id, expectedVersion: 1 }, marketer)
  await shop.manyAtOnce(2, () => crm.evaluations.finishSegments())
  await crm.evaluations.finishSegments()
  expect(await crm.countOf(id)).toBe(0)
  await shop.sql(`DELETE FROM customer WHERE user_id LIKE 'usr_many_%'`)
})

test('a customer whom another replica evaluates is left to it', async () => {
  const ada = await crm.aCustomer()
  await crm.aSale(ada, { country: 'IS' })
  const due = () => shop.sql('SELECT 1 FROM customer WHERE user_id = $1 AND due_at IS NOT NULL', ada)
  const locked = 'SELECT 1 FROM customer WHERE user_id = $1 FOR UPDATE'
  await shop.whileLocked(locked, [ada], () => crm.evaluations.evaluateDue())
  expect(await due()).toHaveLength(1)
  await crm.evaluations.evaluateDue()
  expect((await crm.shownOf(ada)).purchaseProfile.countryCode).toBe('IS')
})

test('of several segments of one name at once, one is made', async () => {
  const name = newId('key')
  const answers = await shop.manyAtOnce(4, () => shop.mutate('createSegment', aSegment({ name }), marketer))
  const refused = answers.flatMap(({ data }) => data.createSegment.userErrors)
  expect(refused).toMatchObject(Array(3).fill({ __typename: 'ValidationError', path: ['name'] }))
  expect(await shop.sql('SELECT name FROM segment WHERE name = $1', name)).toHaveLength(1)
})

test('of a change and a deletion of one version of a segment at once, one is made', async () => {
  const id = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '900' }])
  const { idempotencyKey: _, ...content } = aSegment()
  const answers = await shop.atOnce([
    () => shop.mutate('updateSegment', { id, expectedVersion: 1, ...content }, aMarketer()),
    () => shop.mutate('deleteSegment', { id, expectedVersion: 1 }, aMarketer()),
  ])
  type Payload = { userErrors: object[] }
  const errors = answers.flatMap(({ data }) => Object.values<Payload>(data).flatMap((one) => one.userErrors))
  expect(errors).toHaveLength(1)
})

test('a deleted segment is gone at once, its name is free, and its members are removed', async () => {
  const ada = await crm.aCustomer()
  const name = newId('key')
  const id = await crm.aBuiltSegment([{ fact: 'ORDERS', atMost: '0' }], name)
  const [taken] = await shop.refused('createSegment', aSegment({ name }), marketer)
  expect(taken).toMatchObject({ path: ['name'], message: expect.stringContaining(id) })
  expect(await shop.accepted('deleteSegment', { id, expectedVersion: 1 }, marketer)).toBe(id)
  expect(
    (await crm.shownOf(ada)).segments.map((one: { segment: { id: string } }) => one.segment.id),
  ).not.toContain(id)
  const { data } = await shop.execute('query ($id: ID!) { segment(id: $id) { id } }', { id }, marketer)
  expect(data.segment).toBeNull()
  const listed = await shop.execute('{ segments(first: 100) { edges { node { id } } } }', {}, marketer)
  const ids = listed.data.segments.edges.map(({ node }: { node: { id: string } }) => node.id)
  expect([ids.length > 0, ids.includes(id)]).toEqual([true, false])
  const { id: second } = await shop.accepted('createSegment', aSegment({ name }), marketer)
  const members = await crm.countOf(id)
  await crm.aCustomer()
  await crm.evaluations.evaluateDue()
  expect(await crm.countOf(id), 'it gets no more members').toBe(members)
  await shop.runTimer('finish-segments')
  expect(await shop.sql('SELECT 1 FROM segment_member WHERE segment_id = $1', id)).toEqual([])
  expect(await shop.sql('SELECT 1 FROM segment WHERE id = $1', id)).toEqual([])
  // A deletion alone makes the timer due.
  await shop.accepted('deleteSegment', { id: second, expectedVersion: 1 }, marketer)
  await shop.runTimer('finish-segments')
  expect(await shop.sql('SELECT 1 FROM segment WHERE id = $1', second)).toEqual([])
})

test('a customer is answered in the language of the newest order, unless the ticket is about another', async () => {
  const id = await crm.aCustomer()
  await crm.aSale(id, { country: 'FR', daysAgo: 1 })
  await crm.aSale(id, { country: 'AT' })
  await crm.work()
  const viewer = customer(id)
  const { orderId } = await shop.aGuestOrder({ countryCode: 'DE', customerId: id })
  for (const [about, countryCode] of [
    [{}, 'AT'],
    [{ orderId }, 'DE'],
    [{ orderId: await shop.anOrder(id) }, 'AT'],
  ] as const) {
    const ticket = await shop.aTicket(viewer, about)
    await shop.accepted('answerTicket', aReply(ticket.id, { expectedVersion: 1 }), anAgent())
    expect((await shop.published('answered', ticket.id))[0]?.data).toMatchObject({ countryCode })
  }
})

test('of two orders of one instant, that with the greater id says where a customer buys, in whatever order they come', async () => {
  for (const isReversed of [false, true]) {
    const id = await crm.aCustomer()
    const orders = ['FR', 'IT'].map((country) => ({ orderId: newId('ord'), country, daysAgo: 3 }))
    for (const order of isReversed ? orders.toReversed() : orders) await crm.aSale(id, order)
    await crm.work()
    expect((await crm.shownOf(id)).purchaseProfile).toMatchObject({ orderCount: 2, countryCode: 'IT' })
  }
})

test('each change has its entry in the audit log', async () => {
  const input = aSegment()
  const { name, description, all } = input
  const made = await shop.accepted('createSegment', input, marketer)
  expect(made).toMatchObject({ name, description, version: 1 })
  const { id } = made
  await shop.accepted('updateSegment', { id, expectedVersion: 1, name, description: 'Often.', all }, marketer)
  const stored = await shop.sql('SELECT name, description, version FROM segment WHERE id = $1', id)
  expect(stored).toEqual([{ name, description: 'Often.', version: 2 }])
  await shop.accepted('deleteSegment', { id, expectedVersion: 2 }, marketer)
  const rows = await shop.sql<{ action: string; actor: string }>(
    'SELECT action, actor_id AS actor FROM audit_entry WHERE subject_id = $1 ORDER BY at, id',
    id,
  )
  expect(rows.map(({ action }) => action).toSorted()).toEqual([
    'createSegment',
    'deleteSegment',
    'updateSegment',
  ])
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set([idOf(marketer)]))
})

test('there are at most 100 segments', async () => {
  const [{ count = 0 } = {}] = await shop.sql<{ count: number }>('SELECT count(*)::int AS count FROM segment')
  for (let left = 100 - count; left > 0; left--) await shop.accepted('createSegment', aSegment(), marketer)
  const [refusal] = await shop.refused('createSegment', aSegment(), marketer)
  expect(refusal).toMatchObject({
    __typename: 'ValidationError',
    message: expect.stringContaining('100 at most'),
  })
})
