import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PER_ADDRESS, PER_SHOPPER } from './coupon/coupon-guesses.ts'
import {
  clerk,
  openOrders,
  type Shop,
  type ShownCart,
  type Sock,
  type TestBuyer,
} from './testing/open-orders.ts'
import { APPLY, DEACTIVATE_COUPON } from './testing/operations.ts'

let now = new Date('2026-11-27T09:00:00Z')
let shop: Shop
let sock: Sock
let addresses = 0

beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  sock = await shop.addSock()
  await shop.coupon({ code: 'RIGHT', percentBasisPoints: 1_000 })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const anAddress = () => `203.0.113.${++addresses}`

/** The result of a guess: the code of an error, the type of a user error, or `ok`. */
async function guess(cart: ShownCart, clientAddress: string, viewer: Viewer = anonymous, code = 'WRONG') {
  const input = { cartId: cart.id, expectedVersion: cart.version, code }
  const { data, errors } = await shop.execute(APPLY, { input }, viewer, { clientAddress })
  return errors[0]?.extensions?.code ?? data.applyCoupon.userErrors[0]?.__typename ?? 'ok'
}

const times = (count: number) => Array.from({ length: count })
const countOf = (answers: string[], answer: string) => answers.filter((one) => one === answer).length

test('on one guest cart ten guesses are answered, though they come at once and from many addresses', async () => {
  const cart = await shop.fill(anonymous, sock)
  const answers = await shop.manyAtOnce(30, () => guess(cart, anAddress()))
  expect([countOf(answers, 'ValidationError'), countOf(answers, 'RATE_LIMITED')]).toEqual([10, 20])
  now = new Date(now.getTime() + PER_SHOPPER.everyMs)
  expect(await guess(cart, anAddress())).toBe('ValidationError')
  expect(await guess(cart, anAddress())).toBe('RATE_LIMITED')
})

test('aliases of one operation count one by one', async () => {
  const cart = await shop.fill(anonymous, sock)
  const fields = times(100).map(
    (_, index) => `a${index}: applyCoupon(input: { cartId: "${cart.id}", expectedVersion: ${cart.version},
      code: "GUESS-${index}" }) { userErrors { __typename } }`,
  )
  const { data, errors } = await shop.execute(`mutation { ${fields.join('\n')} }`, {}, anonymous, {
    clientAddress: anAddress(),
  })
  expect(Object.values(data).filter(Boolean)).toHaveLength(PER_SHOPPER.burst)
  expect(errors).toHaveLength(100 - PER_SHOPPER.burst)
  expect(errors[0]).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } })
})

test('one account is counted over all its carts', async () => {
  const viewer = customer(newId('usr'))
  const own = await shop.fill(viewer, sock)
  const guests = [await shop.fill(anonymous, sock), await shop.fill(anonymous, sock)]
  const answers: string[] = []
  for (const cart of [own, ...guests])
    for (const _ of times(5)) answers.push(await guess(cart, anAddress(), viewer))
  expect(countOf(answers, 'RATE_LIMITED')).toBe(5)
})

test('one address is counted over all carts, and made-up carts use up nothing', async () => {
  const address = anAddress()
  const madeUp = { ...(await shop.fill(anonymous, sock)), id: newId('crt') }
  for (const _ of times(PER_ADDRESS.burst + 1)) await guess(madeUp, address)
  const answers: string[] = []
  for (const _ of times(PER_ADDRESS.burst / 10 + 1)) {
    const cart = await shop.fill(anonymous, sock)
    for (const _ of times(10)) answers.push(await guess(cart, address))
  }
  expect([countOf(answers, 'ValidationError'), countOf(answers, 'RATE_LIMITED')]).toEqual([60, 10])
  expect(await guess(await shop.fill(anonymous, sock), anAddress())).toBe('ValidationError')
})

test('a right code and a changed cart do not count', async () => {
  const cart = await shop.fill(anonymous, sock)
  const address = anAddress()
  for (const _ of times(15))
    expect(await guess({ ...cart, version: 9 }, address)).toBe('VersionConflictError')
  expect(await guess(cart, address, anonymous, 'RIGHT')).toBe('ok')
  const after = await shop.cart(anonymous, cart.id)
  for (const _ of times(15)) expect(await guess(after ?? cart, address, anonymous, 'RIGHT')).toBe('ok')
  for (const _ of times(10)) expect(await guess(after ?? cart, address)).toBe('ValidationError')
  expect(await guess(after ?? cart, address)).toBe('RATE_LIMITED')
})

/** A buyer with a sock and this coupon in the cart. */
async function buyerWith(code: string): Promise<TestBuyer> {
  const buyer = await shop.addBuyer()
  await shop.fill(buyer.viewer, sock)
  await shop.apply(buyer, code)
  return buyer
}

/** Applies the coupon to a cart. Resolves to the payload. */
async function applied(code: string, buyer?: TestBuyer) {
  const { viewer } = buyer ?? (await shop.addBuyer())
  const { id: cartId, version: expectedVersion } = await shop.fill(viewer, sock)
  return (await shop.execute(APPLY, { input: { cartId, expectedVersion, code } }, viewer)).data.applyCoupon
}

test('a coupon that nobody can use now is answered exactly as one that does not exist', async () => {
  const ten = { percentBasisPoints: 1_000 }
  await shop.coupon({ code: 'SOON', ...ten, startsAt: '2026-12-01T00:00:00Z' })
  await shop.coupon({ code: 'PAST', ...ten, expiresAt: '2026-11-27T09:00:00Z' })
  await shop.coupon({ code: 'GONE', ...ten, usageLimit: 1 })
  await shop.place(await buyerWith('GONE'))
  const { coupon } = await shop.coupon({ code: 'ENDED', ...ten })
  const end = { input: { couponId: coupon.id, expectedVersion: coupon.version } }
  await shop.execute(DEACTIVATE_COUPON, end, clerk)
  const missing = JSON.stringify(await applied('NO-SUCH'))
  expect(JSON.parse(missing)).toMatchObject({
    cart: null,
    userErrors: [{ __typename: 'ValidationError', path: ['code'] }],
  })
  for (const code of ['SOON', 'PAST', 'GONE', 'ENDED'])
    expect(JSON.stringify(await applied(code)).replaceAll(code, 'NO-SUCH')).toBe(missing)
})

test('a coupon that is on the cart already may say why it no longer applies', async () => {
  const { coupon } = await shop.coupon({ code: 'BRIEF', percentBasisPoints: 1_000 })
  const buyer = await buyerWith('BRIEF')
  const end = { input: { couponId: coupon.id, expectedVersion: coupon.version } }
  await shop.execute(DEACTIVATE_COUPON, end, clerk)
  expect((await applied('BRIEF', buyer)).userErrors).toMatchObject([{ couponStatus: 'INACTIVE' }])
})
