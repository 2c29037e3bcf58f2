import { newId } from '@argyle/kit/ids'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { invoiceText } from './invoice/invoice.ts'
import { clerk, openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import { PAY, SET_TAX_COUNTRY, SET_TAX_RATE } from './testing/operations.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. The clock stands still, so that
// all rows of a list have one instant.

let shop: Shop
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  database = await sequentialDatabase('orders')
  shop = await openOrders({ database, clock: () => now })
})
afterAll(() => shop.close())

const TITLES = ['Ash', 'Birch', 'Cedar']
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

/** The data of the last message of a type about an order. */
async function published(orderId: string, type: string) {
  const rows = (await shop.outbox()).filter((row) => row.subject === orderId && row.type === type)
  // biome-ignore lint/suspicious/noExplicitAny: assertions read messages by path
  return rows.at(-1)?.data as any
}

async function read(fields: string, viewer = clerk) {
  const { data, errors } = await shop.execute(`{ ${fields} }`, {}, viewer)
  expect(errors).toEqual([])
  return data
}

const idsOf = ({ edges }: { edges: { node: { id: string } }[] }) => edges.map(({ node }) => node.id)

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  const reverse = async () => {
    if (order === 'reversed') await reverseRows(database)
  }

  async function threeOrders(buyer: TestBuyer): Promise<string[]> {
    const sock = await shop.addSock()
    const ids: string[] = []
    for (let number = 0; number < 3; number++) ids.push((await shop.order(buyer, sock)).id)
    return ids
  }

  test('the lines of a cart and of its order are in the order of their addition, wherever they are shown or published', async () => {
    const buyer = await shop.addBuyer()
    const socks: Sock[] = []
    for (const title of TITLES) socks.push(await shop.addSock({ title }))
    for (const sock of socks) await shop.fill(buyer.viewer, sock)
    await reverse()
    const cart = await shop.cart(buyer.viewer)
    const variantIds = socks.map(({ variantId }) => variantId)
    expect(cart?.lines.map(({ variant }) => variant.id)).toEqual(variantIds)

    const { order: placed } = await shop.place(buyer, { shippingOptionId: null, paymentMethodId: null })
    await reverse()
    const shippingOptionId = await shop.option(cart, buyer.addressId)
    const input = { idempotencyKey: newId('evt'), orderId: placed.id, shippingOptionId }
    const paid = { ...input, paymentMethodId: newId('pmt'), expectedTotal: placed.grandTotal }
    const { data } = await shop.execute(PAY, { input: paid }, buyer.viewer)
    expect(data.payOrder.userErrors).toEqual([])
    const titles = TITLES.map((title) => `${title}, M`)
    expect(
      data.payOrder.order.lines.map((line: { titleAtPurchase: string }) => line.titleAtPurchase),
    ).toEqual(titles)
    expect((await published(placed.id, 'orders.order.summarised')).lines).toMatchObject(
      titles.map((title) => ({ title })),
    )
    await shop.answer('reserved', placed.id)
    await shop.answer('committed', placed.id)
    await reverse()
    for (const [refundId, total] of [
      ['rfk_1', '300'],
      ['rfk_2', '500'],
    ] as const)
      await shop.deliver(
        'payments.payment.refunded',
        {
          orderId: placed.id,
          refundId,
          amount: usd(refundId === 'rfk_1' ? '300' : '200'),
          refundedTotal: usd(total),
        },
        { subject: placed.id },
      )
    const sale = await published(placed.id, 'orders.sale.changed')
    expect(sale.lines).toMatchObject(variantIds.map((variantId) => ({ variantId })))
    expect(sale.refunds).toMatchObject([{ amount: usd('300') }, { amount: usd('200') }])
    await shop.runTimer('number-invoices')
    await reverse()
    const shown = await read(
      `order(id: "${placed.id}") { history { to steps { text } } invoices { id kind amount { amount } } }`,
      buyer.viewer,
    )
    const changes = await shop.prisma.orderStatusChange.findMany({ where: { orderId: placed.id } })
    const inOrder = changes.toSorted((a, b) => a.version - b.version).map(({ to }) => to)
    expect(shown.order.history.map(({ to }: { to: string }) => to)).toEqual(inOrder)
    const steps = await shop.prisma.orderStep.findMany({ where: { orderId: placed.id } })
    const texts = steps.toSorted((a, b) => Number(a.id - b.id)).map(({ text }) => text)
    expect(
      shown.order.history.flatMap((change: { steps: { text: string }[] }) =>
        change.steps.map(({ text }) => text),
      ),
    ).toEqual(texts)
    expect(shown.order.invoices.map(({ amount }: { amount: { amount: string } }) => amount.amount)).toEqual([
      ...['38.97', '3.00', '2.00'],
    ])
    const document = await shop.own.invoices.find(shown.order.invoices[0].id)
    expect(document && invoiceText(document).goods.map(({ title }) => title)).toEqual(titles)
  })

  test('orders and coupons of one instant: the newest first', async () => {
    const buyer = await shop.addBuyer()
    const ids = await threeOrders(buyer)
    const couponIds: string[] = []
    for (let number = 0; number < 3; number++) {
      const { coupon } = await shop.coupon({ code: `${order}-${number}`, percentBasisPoints: 100 })
      couponIds.push(coupon.id)
    }
    const { id: cartId } = await shop.fill(buyer.viewer, await shop.addSock())
    await reverse()
    // The carts of the orders are not the open one.
    expect((await shop.cart(buyer.viewer))?.id).toBe(cartId)
    const { orders, coupons } = await read(
      'orders(first: 3) { edges { node { id } } } coupons(first: 3) { edges { node { id } } }',
    )
    expect([idsOf(orders), idsOf(coupons)]).toEqual([ids.toReversed(), couponIds.toReversed()])
    const own = await read(
      `_entities(representations: [{ __typename: "User", id: "${buyer.id}" }]) { ... on User { orders(first: 2) { edges { node { id } } } } }`,
      buyer.viewer,
    )
    expect(idsOf(own._entities[0].orders)).toEqual(ids.toReversed().slice(0, 2))
  })

  test('overdue orders are resumed in the order of their times', async () => {
    const ids = await threeOrders(await shop.addBuyer())
    await shop.prisma.order.updateMany({
      where: { dueAt: { not: null } },
      data: { dueAt: new Date('2027-01-01T00:00:00Z') },
    })
    for (const [place, seconds] of [20, 10, 30].entries())
      await shop.prisma.order.update({
        where: { id: ids[place] },
        data: { dueAt: new Date(now.getTime() - seconds * 1_000) },
      })
    await reverse()
    await shop.runTimer('resume-sagas')
    const repeated = (await shop.outbox()).filter(
      ({ type, subject }) => type === 'inventory.reserve' && ids.includes(subject),
    )
    expect(repeated.slice(3).map(({ subject }) => subject)).toEqual([ids[2], ids[0], ids[1]])
  })

  test('documents are numbered in the order of their times, those of one instant in that of their ids', async () => {
    const [orderId = ''] = await threeOrders(await shop.addBuyer())
    await shop.runTimer('number-invoices')
    const ids = [1, 2, 3, 4].map(() => newId('inv'))
    const ages = [1_000, 0, 2_000, 0]
    await shop.prisma.invoice.createMany({
      data: ids.map((id, place) => ({
        ...{ id, orderId, kind: 'CREDIT_NOTE' as const, reason: `test ${place}`, amountMinor: 1n },
        madeAt: new Date(now.getTime() - (ages[place] ?? 0)),
      })),
    })
    await reverse()
    await shop.runTimer('number-invoices')
    const numbered = await shop.prisma.invoice.findMany({
      where: { id: { in: ids } },
      orderBy: { serial: 'asc' },
    })
    expect(numbered.map(({ id }) => id)).toEqual([ids[2], ids[0], ids[1], ids[3]])
  })

  test('the history: orders, summaries and sales by order, page by page, and since a time', async () => {
    for (const id of (await threeOrders(await shop.addBuyer())).slice(1)) {
      await shop.answer('reserved', id)
      await shop.answer('committed', id)
    }
    await reverse()
    await expectPages(history.slice(0, 3), shop.own, 'support')
  })

  test('tax countries, rates and assignments are listed by code, by region and category, and by category', async () => {
    const set = (text: string, input: object) =>
      shop.execute(text, { input: { idempotencyKey: newId('evt'), ...input } }, clerk)
    for (const countryCode of ['FR', 'DE', 'GB'])
      await set(SET_TAX_COUNTRY, { countryCode, pricesIncludeTax: true })
    for (const [region, category] of [
      ['CORSE', 'FOOD'],
      [null, 'STANDARD'],
      ['CORSE', 'BOOKS'],
      [null, 'FOOD'],
    ])
      await set(SET_TAX_RATE, { countryCode: 'FR', region, category, percent: '5' })
    const categoryIds = [newId('cat'), newId('cat'), newId('cat')]
    await shop.prisma.taxAssignment.deleteMany()
    await shop.prisma.taxAssignment.createMany({
      data: [1, 2, 0].map((place) => ({ categoryId: categoryIds[place] ?? '', category: 'FOOD' })),
    })
    await reverse()
    const { taxCountries, taxAssignments } = await read(
      'taxCountries { countryCode rates { region category } } taxAssignments { productCategoryId }',
    )
    expect(taxCountries.map(({ countryCode }: { countryCode: string }) => countryCode)).toEqual([
      'DE',
      'FR',
      'GB',
    ])
    expect(taxCountries[1].rates).toEqual([
      { region: null, category: 'FOOD' },
      { region: null, category: 'STANDARD' },
      { region: 'CORSE', category: 'BOOKS' },
      { region: 'CORSE', category: 'FOOD' },
    ])
    expect(taxAssignments).toEqual(categoryIds.map((productCategoryId) => ({ productCategoryId })))
  })
})

test('the orders to an address that is removed are locked in the order of their ids, however they are stored', async () => {
  const [buyer, sock] = [await shop.addBuyer(), await shop.addSock()]
  const orders = [await shop.order(buyer, sock), await shop.order(buyer, sock)]
  const { addressId, id: userId } = buyer
  const [first = '', second = ''] = orders.map(({ id }) => id).toSorted()
  // An update stores the first order behind the other one.
  await shop.prisma.$executeRaw`UPDATE orders SET version = version WHERE id = ${first}`
  const lock = 'SELECT 1 FROM orders WHERE id = $1 FOR UPDATE'
  const { removal, free } = await shop.whileLocked(lock, [first], async () => {
    const about = { subject: addressId, sequence: 2, time: now.toISOString() }
    const removal = shop.deliver('users.address.removed', { addressId, userId }, about)
    await shop.untilWaiting(1, [removal])
    const free = await shop.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM orders WHERE id = ANY(${[first, second]}) FOR UPDATE SKIP LOCKED`
    return { removal: [removal], free }
  })
  await removal[0]
  expect(free).toEqual([{ id: second }])
  expect(
    await shop.prisma.order.count({ where: { id: { in: [first, second] }, status: 'CANCELLING' } }),
  ).toBe(2)
})
