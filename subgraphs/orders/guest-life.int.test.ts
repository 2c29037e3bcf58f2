import { hashOf } from '@argyle/kit/hashed-secret'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { addressBucket } from '@argyle/kit/throttle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PER_NUMBER, UNPAID_PER_ADDRESS } from './guest/guest-store.ts'
import { history } from './history.ts'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import { CANCEL_AS_GUEST, PAY_AS_GUEST, PLACE_AS_GUEST } from './testing/operations.ts'
import { type MutationText, payloadOf } from './testing/payloads.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders ('])

const address = { recipient: 'Gus Guest', line1: '7 Weaver Street', city: 'Leipzig' }
const place = { countryCode: 'DE', postalCode: '04109' }
const usd = (amount: string) => ({ amount, currencyCode: 'USD' })

let callers = 0
/** Runs a mutation from a client address of its own, unless `clientAddress` names one. */
function ask<P>(operation: MutationText<P>, input: object, clientAddress = `198.51.100.${++callers}`) {
  const asked = { input: { idempotencyKey: newId('evt'), ...input } }
  return shop.execute(operation, asked, anonymous, { clientAddress })
}

/** The payload of a mutation. */
const send = async <P>(operation: MutationText<P>, input: object, clientAddress?: string): Promise<P> =>
  payloadOf(operation, await ask(operation, input, clientAddress))

/** The code of the error of a mutation; undefined for none. */
const codeOf = async <P>(operation: MutationText<P>, input: object, clientAddress?: string) =>
  (await ask(operation, input, clientAddress)).errors[0]?.extensions?.code

/** The input of placeGuestOrder for one unit of 12.99, without a shipping option and a payment method. */
async function unplaced() {
  const cart = await shop.fill(anonymous, await shop.addSock())
  return {
    cartId: cart.id,
    expectedCartVersion: cart.version,
    expectedTotal: cart.total,
    email: `${newId('evt')}@argyle.example`,
    address: { ...address, ...place },
  }
}

/** A guest's order for one unit of 12.99, without a shipping option and a payment method unless `more` names them. */
async function placed(more: object = {}, clientAddress?: string) {
  const input = { ...(await unplaced()), ...more }
  const { order, secret, userErrors } = await send(PLACE_AS_GUEST, input, clientAddress)
  const which = { number: order?.number ?? '', secret }
  return { cartId: input.cartId, id: order?.id ?? '', order, which, userErrors }
}

const optionFor = ({ cartId }: { cartId: string }) =>
  shop.option(null, '', { cartId, grams: 60, amountMinor: '490', ...place })

/** An order as its guest sees it. */
async function look({ number, secret }: { number: string; secret: string }) {
  const query = `query ($number: String!, $secret: String!) { guestOrder(number: $number, secret: $secret) {
    id status version payable payUntil guestProof cancelReason grandTotal { amount } paymentMethod { id }
    consignment { cartId grams countryCode postalCode } invoices { number kind url } } }`
  const client = { clientAddress: `192.0.2.${++callers % 250}` }
  const { data, errors } = await shop.execute(query, { number, secret }, anonymous, client)
  expect(errors).toEqual([])
  return data.guestOrder
}

/** Step of an order, and the hash of its guest's e-mail and network, by which their unpaid orders are counted. */
const unpaidOf = ({ id }: { id: string }) =>
  shop.prisma.order.findUnique({ where: { id }, select: { step: true, unpaidKey: true } })

describe('a guest’s order without shipping option and payment method', () => {
  test('holds its stock, and is completed by payGuestOrder', async () => {
    const email = `${newId('evt')}@argyle.example`
    const order = await placed({ email })
    await shop.answer('reserved', order.id)
    expect(await look(order.which)).toMatchObject({
      status: 'AWAITING_PAYMENT',
      payable: true,
      payUntil: '2026-11-21T09:12:00.000Z',
      grandTotal: { amount: '12.99' },
      consignment: { cartId: order.cartId, grams: 60, ...place },
    })
    expect(await shop.said(order.id)).toEqual(['orders.order.placed', 'inventory.reserve'])
    const paymentMethodId = newId('pmt')
    const paying = { ...order.which, shippingOptionId: await optionFor(order), paymentMethodId }
    expect(await send(PAY_AS_GUEST, { ...paying, expectedTotal: usd('12.99') })).toMatchObject({
      order: null,
      userErrors: [{ __typename: 'PriceChangedError', path: ['expectedTotal'], currentTotal: usd('17.89') }],
    })
    const paid = await send(PAY_AS_GUEST, { ...paying, expectedTotal: usd('17.89') })
    const { number, secret } = order.which
    const shown = { payable: false, grandTotal: usd('17.89'), guestProof: hashOf(secret) }
    expect(paid).toMatchObject({ userErrors: [], order: shown })
    const whose = { customerId: null, guestProofHash: hashOf(hashOf(secret)) }
    const [before, after] = ['1299', '1789'].map((amountMinor) => ({ amountMinor, currencyCode: 'USD' }))
    const told = async (type: string) =>
      (await shop.outbox()).filter((message) => message.subject === order.id && message.type === type)
    const [authorize] = await told('payments.authorize')
    const about = { orderId: order.id, orderNumber: number }
    expect(authorize?.data).toEqual({ ...about, ...whose, paymentMethodId, amount: after })
    const summaries = await told('orders.order.summarised')
    const lines = [{ title: 'Merino Crew, M', quantity: 1, total: before }]
    const summary = { orderId: order.id, number, ...whose, email, countryCode: 'DE', lines }
    expect(summaries.map(({ sequence, data }) => [sequence, data])).toEqual([
      [1, { ...summary, grandTotal: before }],
      [3, { ...summary, grandTotal: after }],
    ])
    const page = { after: null, limit: 100, since: null, recipient: 'notifications' }
    const replayed = (await history[1]?.(shop.own, page)) ?? []
    const again = replayed.flatMap(({ event }) => (event.subject === order.id ? [event] : []))
    expect(summaries.slice(1)).toMatchObject(again)
    expect(again).toHaveLength(1)
    expect(await unpaidOf(order)).toEqual({ step: 'AUTHORIZING', unpaidKey: expect.any(String) })
    await shop.answer('reserved', order.id)
    expect(await unpaidOf(order)).toEqual({ step: 'COMMITTING_STOCK', unpaidKey: null })
    await shop.answer('committed', order.id)
    expect(await told('shipping.create')).toMatchObject([{ data: { ...about, ...whose, email } }])
    await shop.runTimer('number-invoices')
    expect(await look(order.which)).toMatchObject({
      status: 'CONFIRMED',
      payable: false,
      consignment: null,
      invoices: [{ kind: 'INVOICE', url: expect.stringMatching(/^http.*signature=/) }],
    })
    expect(await send(PAY_AS_GUEST, { ...paying, expectedTotal: usd('17.89') })).toMatchObject({
      userErrors: [{ __typename: 'NotPayableError', path: ['number'], payStatus: 'CONFIRMED' }],
    })
  })

  test('is cancelled after twelve minutes, and its cart comes back', async () => {
    const order = await placed()
    await shop.answer('reserved', order.id)
    now = new Date(now.getTime() + 12 * 60_000)
    await shop.runTimer('resume-sagas')
    await shop.answer('released', order.id)
    expect(await look(order.which)).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_TIMEOUT' })
    expect(await shop.cart(anonymous, order.cartId)).toMatchObject({ lines: [{ quantity: 1 }] })
  })

  test('is one of 20 from one address', async () => {
    const here = '203.0.113.200'
    for (let count = 0; count < UNPAID_PER_ADDRESS.burst; count++)
      expect(await codeOf(PLACE_AS_GUEST, await unplaced(), here)).toBeUndefined()
    expect(await codeOf(PLACE_AS_GUEST, await unplaced(), here)).toBe('RATE_LIMITED')
    now = new Date(now.getTime() + UNPAID_PER_ADDRESS.everyMs)
    expect(await codeOf(PLACE_AS_GUEST, await unplaced(), here)).toBeUndefined()
  })

  test('counts once for its address, however often it is sent, and not if it is refused', async () => {
    const here = '203.0.113.201'
    for (let count = 1; count < UNPAID_PER_ADDRESS.burst; count++)
      expect(await codeOf(PLACE_AS_GUEST, await unplaced(), here)).toBeUndefined()
    const refused = await placed({ expectedTotal: usd('1') }, here)
    expect(refused.userErrors).toMatchObject([{ __typename: 'PriceChangedError' }])
    const input = { ...(await unplaced()), idempotencyKey: newId('evt') }
    const { order } = await send(PLACE_AS_GUEST, input, here)
    for (let again = 0; again < 2; again++)
      expect((await send(PLACE_AS_GUEST, input, here)).order.id).toBe(order.id)
    const { idempotencyKey } = input
    // Another key for its cart and its key for another cart are other orders.
    for (const other of [{}, { ...input, idempotencyKey: newId('evt') }, { idempotencyKey }])
      expect(await codeOf(PLACE_AS_GUEST, { ...(await unplaced()), ...other }, here)).toBe('RATE_LIMITED')
  })
})

test('an operation in which a guest completes and cancels an order shows its history after each step', async () => {
  const order = await placed()
  const key = () => ({ idempotencyKey: newId('evt'), ...order.which })
  const shippingOptionId = await optionFor(order)
  const pay = { ...key(), shippingOptionId, paymentMethodId: newId('pmt'), expectedTotal: usd('17.89') }
  const operation = `mutation ($pay: PayGuestOrderInput!, $cancel: CancelGuestOrderInput!) {
    payGuestOrder(input: $pay) { order { ...shown } } cancelGuestOrder(input: $cancel) { order { ...shown } } }
    fragment shown on Order { version history { to steps { text } } }`
  const cancel = { ...key(), expectedVersion: 2 }
  const { data, errors } = await shop.execute(operation, { pay, cancel }, anonymous)
  expect(errors).toEqual([])
  expect(data.payGuestOrder.order).toMatchObject({ version: 2, history: [{ to: 'PENDING' }] })
  const last = await shop.prisma.orderStep.findFirst({
    where: { orderId: order.id },
    orderBy: { id: 'desc' },
  })
  expect(data.cancelGuestOrder.order).toMatchObject({
    version: 3,
    history: [{ to: 'PENDING' }, { to: 'CANCELLING', steps: [{ text: last?.text }] }],
  })
})

describe('a guest’s cancellation', () => {
  test('before the pivot lets stock and payment go', async () => {
    const order = await placed({ paymentMethodId: newId('pmt') })
    await shop.answer('reserved', order.id, { unpaid: true })
    expect(await unpaidOf(order)).toEqual({ step: 'CHOOSING_PAYMENT', unpaidKey: expect.any(String) })
    const cancelling = { ...order.which, idempotencyKey: newId('evt') }
    expect(await send(CANCEL_AS_GUEST, { ...cancelling, expectedVersion: 1 })).toMatchObject({
      userErrors: [{ __typename: 'VersionConflictError', currentVersion: 2 }],
    })
    const answer = await send(CANCEL_AS_GUEST, { ...cancelling, expectedVersion: 2 })
    const guestProof = hashOf(order.which.secret)
    expect(answer).toMatchObject({ userErrors: [], order: { status: 'CANCELLING', guestProof } })
    expect(await send(CANCEL_AS_GUEST, { ...cancelling, expectedVersion: 2 })).toEqual(answer)
    expect(await unpaidOf(order)).toEqual({ step: 'UNDOING', unpaidKey: null })
    expect(await shop.said(order.id)).toContain('inventory.release')
    const { data } = await shop.execute(
      `{ order(id: "${order.id}") { guestProof history { to actor } } }`,
      {},
      clerk,
    )
    // Staff see the order without its guest's secret.
    expect(data.order.guestProof).toBeNull()
    expect(data.order.history.at(-1)).toEqual({ to: 'CANCELLING', actor: 'customer' })
  })

  test('of a paid order asks shipping first', async () => {
    const order = await placed()
    await shop.answer('reserved', order.id)
    const paying = { shippingOptionId: await optionFor(order), paymentMethodId: newId('pmt') }
    await send(PAY_AS_GUEST, { ...order.which, ...paying, expectedTotal: usd('17.89') })
    await shop.answer('reserved', order.id)
    await shop.answer('committed', order.id)
    const { version: expectedVersion } = await look(order.which)
    const { userErrors } = await send(CANCEL_AS_GUEST, { ...order.which, expectedVersion })
    expect(userErrors).toEqual([])
    expect(await shop.said(order.id)).toContain('shipping.cancel')
  })

  test('with another secret, or of a customer’s order, is refused like an unknown number, and counted', async () => {
    const order = await placed()
    const { number } = await shop.order(await shop.addBuyer())
    const wrong = { number: order.which.number, secret: 'wrong', expectedVersion: 1 }
    const { userErrors } = await send(CANCEL_AS_GUEST, { ...wrong, number: 'A-0000-0000' })
    expect(userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['number'] }])
    for (const tried of [wrong, { ...wrong, number, secret: order.which.secret }])
      expect((await send(CANCEL_AS_GUEST, tried)).userErrors).toEqual([
        { ...userErrors[0], message: userErrors[0]?.message.replace('A-0000-0000', tried.number) },
      ])
    for (const [operation, input, here] of [
      [CANCEL_AS_GUEST, { ...wrong, number: 'A-0000-0001' }, '203.0.113.210'],
      [PAY_AS_GUEST, { ...order.which, number: 'A-0000-0002', expectedTotal: usd('1') }, '203.0.113.211'],
    ] as const) {
      await ask(operation, input, here)
      const key = addressBucket('guest-order', here)
      expect(await shop.prisma.throttle.count({ where: { key } })).toBe(1)
    }
    for (let tries = 1; tries < PER_NUMBER.burst; tries++) await send(CANCEL_AS_GUEST, wrong)
    expect(await codeOf(CANCEL_AS_GUEST, { ...order.which, expectedVersion: 1 })).toBe('RATE_LIMITED')
    expect(await codeOf(PAY_AS_GUEST, { ...order.which, expectedTotal: usd('1') })).toBe('RATE_LIMITED')
  })
})

test('the proof for other subgraphs goes to who shows the secret, and is the one whose hash they keep', async () => {
  const paymentMethodId = newId('pmt')
  const order = await placed({ paymentMethodId })
  const { guestProof, paymentMethod } = await look(order.which)
  // Payments shows a guest's method to whoever knows its id.
  expect(paymentMethod).toEqual({ id: paymentMethodId })
  expect(guestProof).toBe(hashOf(order.which.secret))
  const reference = { all: [{ __typename: 'Order', id: order.id, guestProof }] }
  const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Order { guestProof } } }'
  const strangers = [anonymous, customer(newId('usr'))]
  for (const viewer of strangers)
    expect((await shop.execute(query, reference, viewer)).data._entities).toEqual([null])
  expect((await shop.execute(query, reference, clerk)).data._entities).toEqual([{ guestProof: null }])
})

test('a line to which another subgraph refers is shown to a guest with the proof, and to nobody without', async () => {
  const order = await placed({ paymentMethodId: newId('pmt') })
  const { guestProof } = await look(order.which)
  const [line] = await shop.prisma.orderLine.findMany({ where: { orderId: order.id } })
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) {
    ... on OrderLine { id guestProof titleAtPurchase unitPrice { amount } } } }`
  const seen = async (proof: unknown, viewer: Viewer = anonymous) => {
    const reference = { __typename: 'OrderLine', id: line?.id, guestProof: proof }
    return (await shop.execute(query, { all: [reference] }, viewer)).data._entities[0]
  }
  const shown = { id: line?.id, titleAtPurchase: line?.title, unitPrice: { amount: '12.99' } }
  expect(await seen(guestProof)).toEqual({ ...shown, guestProof })
  const wrong = ['', null, undefined, order.which.secret, hashOf(guestProof), hashOf('another')]
  for (const proof of wrong)
    for (const viewer of [anonymous, customer(newId('usr'))]) expect(await seen(proof, viewer)).toBeNull()
  expect(await seen(null, clerk)).toEqual({ ...shown, guestProof: null })
  const theirs = await shop.order(await shop.addBuyer())
  const [other] = await shop.prisma.orderLine.findMany({ where: { orderId: theirs.id } })
  const reference = { __typename: 'OrderLine', id: other?.id, guestProof }
  expect((await shop.execute(query, { all: [reference] })).data._entities).toEqual([null])
})
