import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_LINES } from './cart/cart.ts'
import { SWEEP } from './cart/cart-store.ts'
import { openOrders, type Shop, type ShownCart, type Sock } from './testing/open-orders.ts'
import { ACKNOWLEDGE, ADD, CLAIM, CLEAR, ENTITIES, REMOVE, UPDATE } from './testing/operations.ts'
import { type MutationText, payloadOf } from './testing/payloads.ts'

let now = new Date('2026-11-21T09:00:00Z')
let shop: Shop
let crew: Sock
let ankle: Sock

beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
  crew = await shop.addSock()
  ankle = await shop.addSock({ prices: { USD: '850' } })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['cart (', 'cart_line ('])

/** The single payload of a mutation response. */
async function run<P>(operation: MutationText<P>, input: object, viewer: Viewer = anonymous): Promise<P> {
  return payloadOf(operation, await shop.execute(operation, { input }, viewer))
}

const usd = (amount: string) => ({ amount, currencyCode: 'USD' })
const at = ({ id: cartId, version: expectedVersion }: ShownCart) => ({ cartId, expectedVersion })

describe('a guest cart', () => {
  test('begins with its first line and belongs to whoever knows its id', async () => {
    const cart = await shop.fill(anonymous, crew, 2)
    expect(cart).toMatchObject({ currencyCode: 'USD', orderable: true, total: { amount: '25.98' } })
    expect(await shop.cart(anonymous, cart.id)).toEqual(cart)
    expect(await shop.cart(anonymous)).toBeNull()
    expect(await shop.cart(anonymous, newId('crt'))).toBeNull()
  })

  test('goes on where the caller names it', async () => {
    const before = now
    const { id: cartId } = await shop.fill(anonymous, crew)
    now = new Date(before.getTime() + 86_400_000)
    const cart = await shop.fill(anonymous, ankle, 3, { cartId })
    now = before
    expect(await shop.cart(anonymous, cartId)).toEqual(cart)
    expect(cart).toMatchObject({
      expiresAt: new Date(before.getTime() + 31 * 86_400_000).toISOString(),
      id: cartId,
      lines: [{ quantity: 1 }, { quantity: 3 }],
      total: { amount: '38.49' },
    })
  })

  test('takes a line at the version that the caller saw, or without one', async () => {
    const { id: cartId, version } = await shop.fill(anonymous, crew)
    const line = { cartId, variantId: ankle.variantId, quantity: 1 }
    for (const expectedVersion of [version - 1, version + 1]) {
      const { userErrors } = await run(ADD, { idempotencyKey: newId('evt'), ...line, expectedVersion })
      expect(userErrors).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: version }])
    }
    const seen = { idempotencyKey: newId('evt'), ...line, expectedVersion: version }
    expect((await run(ADD, seen)).cart).toMatchObject({ version: version + 1 })
  })

  test('is begun once for one key, also at once', async () => {
    const input = { idempotencyKey: newId('evt'), variantId: crew.variantId, quantity: 1 }
    const answers = await shop.manyAtOnce(6, () => run(ADD, input))
    expect(new Set(answers.map(({ cart }) => cart.id)).size).toBe(1)
    expect(answers[0]?.cart.lines).toMatchObject([{ quantity: 1 }])
    const other = await run(ADD, { ...input, quantity: 2 })
    expect(other.userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReusedError' }])
  })

  test('takes a line under a key that another guest has used for another cart', async () => {
    const line = { idempotencyKey: newId('evt'), variantId: ankle.variantId, quantity: 3 }
    for (const { id: cartId } of [await shop.fill(anonymous, crew), await shop.fill(anonymous, crew)])
      expect((await run(ADD, { ...line, cartId })).cart).toMatchObject({
        id: cartId,
        lines: [{ quantity: 1 }, { quantity: 3 }],
      })
  })

  test('is not begun under a key that another guest may come upon', async () => {
    const { userErrors } = await run(ADD, { idempotencyKey: '1', variantId: crew.variantId, quantity: 1 })
    expect(userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['idempotencyKey'] }])
  })
})

describe("a customer's cart", () => {
  test('is one, however many lines are added at once', async () => {
    const { viewer, id } = await shop.addBuyer()
    await shop.manyAtOnce(8, () => shop.fill(viewer, crew))
    expect(await shop.cart(viewer)).toMatchObject({ version: 9, lines: [{ quantity: 8 }] })
    expect(await shop.prisma.cart.count({ where: { customerId: id } })).toBe(1)
  })

  test('is seen and changed by nobody else, exactly as if it were not there', async () => {
    const [owner, other] = [await shop.addBuyer(), await shop.addBuyer()]
    const cart = await shop.fill(owner.viewer, crew)
    const line = { lineId: cart.lines[0]?.id, quantity: 9 }
    const missing = newId('crt')
    for (const viewer of [other.viewer, anonymous]) {
      expect(await shop.cart(viewer, cart.id)).toBeNull()
      const [stolen] = (await run(UPDATE, { ...at(cart), ...line }, viewer)).userErrors
      const [unknown] = (await run(UPDATE, { ...at(cart), ...line, cartId: missing }, viewer)).userErrors
      expect({ ...stolen, message: stolen?.message.replace(cart.id, missing) }).toEqual(unknown)
      const representations = [
        { __typename: 'Cart', id: cart.id },
        { __typename: 'CartLine', id: cart.lines[0]?.id },
      ]
      const { data } = await shop.execute(ENTITIES, { representations }, viewer)
      expect(data._entities).toEqual([null, null])
    }
    expect(await shop.cart(owner.viewer)).toEqual(cart)
  })
})

describe('changing a cart', () => {
  test('takes the version that the caller saw, and grows it by one', async () => {
    const cart = await shop.fill(anonymous, crew, 2)
    const lineId = cart.lines[0]?.id
    const before = now
    now = new Date(before.getTime() + 86_400_000)
    const changed = (await run(UPDATE, { ...at(cart), lineId, quantity: 5 })).cart
    now = before
    expect(changed).toMatchObject({
      expiresAt: new Date(before.getTime() + 31 * 86_400_000).toISOString(),
      ...{ version: cart.version + 1, lines: [{ quantity: 5 }] },
    })
    const late = await run(UPDATE, { ...at(cart), lineId, quantity: 6 })
    const conflict = { __typename: 'VersionConflictError', currentVersion: changed.version }
    expect(late).toMatchObject({ cart: null, userErrors: [conflict] })
    expect((await run(REMOVE, { ...at(changed), lineId })).cart.lines).toEqual([])
  })

  test('of one of two lines leaves the other and both prices', async () => {
    const { id: cartId } = await shop.fill(anonymous, crew)
    const cart = await shop.fill(anonymous, ankle, 1, { cartId })
    const [first, second] = cart.lines
    const changed = (await run(UPDATE, { ...at(cart), lineId: second?.id, quantity: 2 })).cart
    expect(changed.lines).toEqual([first, { ...second, quantity: 2, lineTotal: usd('17.00') }])
  })

  test('of two changes to one version at once, one is made', async () => {
    const cart = await shop.fill(anonymous, crew, 2)
    const lineId = cart.lines[0]?.id
    const changes = [3, 4, 5].map((quantity) => () => run(UPDATE, { ...at(cart), lineId, quantity }))
    const made = (await shop.atOnce(changes)).filter((answer) => answer.cart !== null)
    expect(made).toHaveLength(1)
    expect((await shop.cart(anonymous, cart.id))?.version).toBe(cart.version + 1)
  })

  test('clearing empties it, and lets it take another currency', async () => {
    const cart = await shop.fill(anonymous, crew, 2)
    const refused = await run(ADD, {
      idempotencyKey: newId('evt'),
      cartId: cart.id,
      variantId: ankle.variantId,
      quantity: 1,
      currencyCode: 'JPY',
    })
    expect(refused.userErrors).toMatchObject([{ path: ['currencyCode'] }])
    expect((await run(CLEAR, at(cart))).cart).toMatchObject({
      lines: [],
      orderable: false,
      total: { amount: '0.00' },
    })
    const again = await shop.fill(anonymous, crew, 1, { cartId: cart.id, currencyCode: 'JPY' })
    expect(again.total).toEqual({ amount: '1800', currencyCode: 'JPY' })
    expect(await shop.cart(anonymous, cart.id)).toEqual(again)
  })

  test('two additions in one operation each show the cart as it then is', async () => {
    const add = (alias: string, quantity: number) =>
      `${alias}: addCartLine(input: { idempotencyKey: "${newId('evt')}", variantId: "${crew.variantId}", quantity: ${quantity} }) {
        cart { version total { amount } lines { quantity } } }`
    const { viewer } = await shop.addBuyer()
    const { data } = await shop.execute(`mutation { ${add('a', 1)} ${add('b', 2)} }`, {}, viewer)
    expect(data.a.cart).toMatchObject({ total: { amount: '12.99' }, lines: [{ quantity: 1 }] })
    expect(data.b.cart).toMatchObject({ total: { amount: '38.97' }, lines: [{ quantity: 3 }] })
  })
})

describe('prices', () => {
  test('are the current ones; a change is shown until it is acknowledged', async () => {
    const sock = await shop.addSock()
    const cart = await shop.fill(anonymous, sock)
    await shop.setPrice(sock, { USD: '1499' }, 2)
    const changed = await shop.cart(anonymous, cart.id)
    expect(changed).toMatchObject({
      version: cart.version,
      lines: [{ unitPrice: { amount: '14.99' }, priceChangedFrom: { amount: '12.99' } }],
      total: { amount: '14.99' },
    })
    const { cart: seen } = await run(ACKNOWLEDGE, at(cart))
    expect(seen).toMatchObject({ version: cart.version + 1, lines: [{ priceChangedFrom: null }] })
    expect((await run(ACKNOWLEDGE, at(seen))).cart).toEqual(seen)
  })

  test('what has left the shop is marked and keeps the cart from being ordered', async () => {
    const sock = await shop.addSock()
    const cart = await shop.fill(anonymous, sock)
    await shop.setStatus(sock, 'ARCHIVED', 2)
    expect(await shop.cart(anonymous, cart.id)).toMatchObject({
      orderable: false,
      lines: [{ orderable: false }],
    })
    const more = await run(ADD, {
      idempotencyKey: newId('evt'),
      cartId: cart.id,
      variantId: sock.variantId,
      quantity: 1,
    })
    expect(more.userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['variantId'] }])
  })
})

describe('claiming a guest cart', () => {
  const claim = (cartId: string, viewer: Viewer, idempotencyKey = newId('evt')) =>
    run(CLAIM, { idempotencyKey, cartId }, viewer)

  test('moves its lines into the own cart and spends it', async () => {
    const { viewer } = await shop.addBuyer()
    const own = await shop.fill(viewer, crew, 2)
    const guest = await shop.fill(anonymous, crew, 3)
    await shop.fill(anonymous, ankle, 1, { cartId: guest.id })
    const { cart } = await claim(guest.id, viewer)
    expect(cart).toMatchObject({ id: own.id, lines: [{ quantity: 5 }, { quantity: 1 }] })
    expect(await shop.cart(anonymous, guest.id)).toBeNull()
    const late = await run(ADD, {
      idempotencyKey: newId('evt'),
      cartId: guest.id,
      variantId: crew.variantId,
      quantity: 1,
    })
    expect(late.userErrors).toMatchObject([{ path: ['cartId'] }])
  })

  test('in another currency costs what the shop asks in that of the own cart, and shows no change of a price', async () => {
    const { viewer } = await shop.addBuyer()
    await shop.fill(viewer, crew)
    const guest = await shop.fill(anonymous, ankle, 1, { currencyCode: 'JPY' })
    const { cart } = await claim(guest.id, viewer)
    expect(cart).toMatchObject({
      total: usd('21.49'),
      lines: [{ priceChangedFrom: null }, { unitPrice: usd('8.50'), priceChangedFrom: null }],
    })
  })

  test(`that would make more than ${MAX_LINES} lines is refused, and both carts stay as they are`, async () => {
    const { viewer } = await shop.addBuyer()
    const own = await shop.fill(viewer, crew)
    const { id: cartId } = await shop.fill(anonymous, ankle)
    await shop.prisma.$executeRaw`
      INSERT INTO cart_line (id, cart_id, variant_id, quantity, seen_minor, position)
      SELECT 'cln_of_many_' || n, ${cartId}, 'var_of_many_' || n, 1, 100, n FROM generate_series(2, ${MAX_LINES}) AS n`
    const guest = await shop.cart(anonymous, cartId)
    expect(await claim(cartId, viewer)).toMatchObject({
      cart: null,
      userErrors: [{ __typename: 'ValidationError', path: ['cartId'] }],
    })
    expect([await shop.cart(viewer), await shop.cart(anonymous, cartId)]).toEqual([own, guest])
    expect(guest?.lines).toHaveLength(MAX_LINES)
  })

  test('repeated, by the same key or another, also at once, changes nothing more', async () => {
    const { viewer } = await shop.addBuyer()
    const guest = await shop.fill(anonymous, crew, 3)
    const key = newId('evt')
    const answers = await shop.atOnce([
      () => claim(guest.id, viewer, key),
      () => claim(guest.id, viewer, key),
      () => claim(guest.id, viewer),
      () => claim(guest.id, viewer),
    ])
    expect(new Set(answers.map(({ cart }) => JSON.stringify(cart.lines))).size).toBe(1)
    expect(await shop.cart(viewer)).toMatchObject({ lines: [{ quantity: 3 }] })
  })

  test('that another customer has claimed is answered like one that does not exist', async () => {
    const [first, second] = [await shop.addBuyer(), await shop.addBuyer()]
    const guest = await shop.fill(anonymous, crew)
    await claim(guest.id, first.viewer)
    const missing = newId('crt')
    const [taken] = (await claim(guest.id, second.viewer)).userErrors
    const [unknown] = (await claim(missing, second.viewer)).userErrors
    expect({ ...taken, message: taken?.message.replace(guest.id, missing) }).toEqual(unknown)
    const own = await shop.fill(first.viewer, ankle)
    expect((await claim(own.id, second.viewer)).userErrors).toHaveLength(1)
    expect((await claim(own.id, first.viewer)).cart).toEqual(own)
  })
})

test('a cart that nobody touched is gone once its time is over, and swept away', async () => {
  const buyer = await shop.addBuyer()
  const { viewer, id } = buyer
  const [guest, own] = [await shop.fill(anonymous, crew), await shop.fill(viewer, crew)]
  const before = now
  try {
    now = new Date(before.getTime() + 91 * 24 * 3_600_000)
    expect([await shop.cart(anonymous, guest.id), await shop.cart(viewer)]).toEqual([null, null])
    const claimed = await run(CLAIM, { idempotencyKey: newId('evt'), cartId: guest.id }, viewer)
    const agreed = { expectedCartVersion: own.version, expectedTotal: own.total }
    const placed = await shop.place(buyer, { cartId: own.id, ...agreed })
    for (const { userErrors } of [claimed, placed]) expect(userErrors).toMatchObject([{ path: ['cartId'] }])
    expect((await shop.fill(viewer, ankle)).id).not.toBe(own.id)
    await shop.manyAtOnce(2, () => shop.runTimer('delete-expired-carts'))
    expect(await shop.prisma.cart.findMany({ where: { id: guest.id } })).toEqual([])
    expect(await shop.prisma.cart.count({ where: { customerId: id } })).toBe(1)
  } finally {
    now = before
  }
})

test('the sweep takes all that is over, batch after batch, but for a cart that somebody is at', async () => {
  const { id: held } = await shop.fill(anonymous, crew)
  const batch = SWEEP + 1
  await shop.prisma.$executeRaw`
    INSERT INTO cart (id, state, currency, version, expires_at)
    SELECT 'crt_of_the_sweep_' || n, 'OPEN', 'USD', 1, ${now} FROM generate_series(1, ${batch}) AS n`
  const before = now
  try {
    now = new Date(before.getTime() + 31 * 24 * 3_600_000)
    await shop.whileLocked('SELECT 1 FROM cart WHERE id = $1 FOR UPDATE', [held], () =>
      shop.runTimer('delete-expired-carts'),
    )
    expect(await shop.prisma.cart.findMany({ where: { expiresAt: { lte: now } } })).toMatchObject([
      { id: held },
    ])
  } finally {
    now = before
  }
})

test('a repeated key of a cart that is gone says so, and adds nothing', async () => {
  const input = { idempotencyKey: newId('key'), variantId: (await shop.addSock()).variantId, quantity: 1 }
  const first = (await shop.execute(ADD, { input })).data.addCartLine
  await shop.prisma.cart.deleteMany({ where: { id: first.cart.id } })
  const again = (await shop.execute(ADD, { input })).data.addCartLine
  expect(again).toMatchObject({
    cart: null,
    userErrors: [{ __typename: 'ValidationError', path: ['idempotencyKey'] }],
  })
})
