import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { messageOf } from '../failure.ts'
import type { Customer } from '../shop/customers.ts'
import { WrongAnswer } from '../shop/graphql.ts'

const MONEY = '{ amount currencyCode }'
const ERRORS = 'userErrors { __typename ... on UserError { message } }'

const money = z.object({ amount: z.string(), currencyCode: z.string() })
const none = z.tuple([])

const ADD = `mutation AddToCart($input: AddCartLineInput!) { addCartLine(input: $input) {
  cart { id version total ${MONEY} lines { id quantity } } ${ERRORS} } }`
const added = z.object({ addCartLine: z.object({ cart: z.object({ id: z.string() }), userErrors: none }) })

const VIEW = `query ViewCart { me { cart {
  id version subtotal ${MONEY} total ${MONEY} orderable
  lines { id quantity unitPrice ${MONEY} lineTotal ${MONEY}
    variant { sku title product { title slug } availability { status availableQuantity } } }
} } }`
const stocked = z.object({ sku: z.string(), availability: z.object({ availableQuantity: z.int().min(1) }) })
const cart = z.object({
  id: z.string(),
  version: z.int(),
  total: money,
  orderable: z.literal(true),
  lines: z.array(z.object({ quantity: z.int(), variant: stocked })),
})
const viewed = z.object({ me: z.object({ cart }) })

const PLACE = `mutation PlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id number status grandTotal ${MONEY} } ${ERRORS} } }`
const order = z.object({ id: z.string(), number: z.string(), grandTotal: money })
const placed = z.object({ placeOrder: z.object({ order, userErrors: none }) })

const ORDER = `query ViewOrder($id: ID!) { order(id: $id) { number status grandTotal ${MONEY}
  lines { titleAtPurchase quantity lineTotal ${MONEY} } history { to at } } }`
const seen = z.object({
  order: z.object({ status: z.string(), grandTotal: money, lines: z.array(z.unknown()) }),
})

/** The operations of a checkout, in order. */
export const CHECKOUT = [ADD, VIEW, PLACE, ORDER]

/** A customer's cart, ready to be ordered. */
export type Cart = z.output<typeof cart>

export async function addToCart({ ask }: Customer, variantId: string): Promise<void> {
  await ask(ADD, { input: { idempotencyKey: randomUUID(), variantId, quantity: 1 } }, added)
}

/** The cart with everything that a customer sees before ordering: prices, titles, stock. */
export async function viewCart({ ask }: Customer): Promise<Cart> {
  return (await ask(VIEW, {}, viewed)).me.cart
}

/** The input of `placeOrder` for exactly what the customer saw. */
function orderInput({ addressId }: Customer, { id, version, total }: Cart) {
  return {
    idempotencyKey: randomUUID(),
    cartId: id,
    expectedCartVersion: version,
    shippingAddressId: addressId,
    expectedTotal: total,
  }
}

export type Ordered =
  | { readonly kind: 'placed' }
  /** The shop refused at once for lack of stock. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string }

const tried = z.object({
  placeOrder: z.object({
    order: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ __typename: z.string(), message: z.string() })),
  }),
})

/** Tries to order a cart once, and returns the outcome. */
export async function orderOnce(customer: Customer, seen: Cart): Promise<Ordered> {
  try {
    const { order, userErrors } = (await customer.ask(PLACE, { input: orderInput(customer, seen) }, tried))
      .placeOrder
    if (order) return { kind: 'placed' }
    if (userErrors.every(({ __typename: type }) => type === 'InsufficientStockError'))
      return { kind: 'refused' }
    return { kind: 'failed', reason: JSON.stringify(userErrors) }
  } catch (error) {
    return { kind: 'failed', reason: messageOf(error) }
  }
}

/** Pause before a customer's page polls the order. */
const PAUSE_MS = 250
const PATIENCE = 80

/**
 * A complete checkout of a signed-in customer: add two items to the cart, view it, order it, and poll the
 * order until it is confirmed.
 * @returns the number of polls
 */
export async function checkout(customer: Customer, variantIds: readonly [string, string]): Promise<number> {
  for (const variantId of variantIds) await addToCart(customer, variantId)
  const full = await viewCart(customer)
  if (full.lines.length !== 2)
    throw new WrongAnswer(`a cart of ${full.lines.length} lines, where two were put in`)
  const { placeOrder } = await customer.ask(PLACE, { input: orderInput(customer, full) }, placed)
  const { id, grandTotal } = placeOrder.order
  for (let looks = 1; looks <= PATIENCE; looks++) {
    await sleep(PAUSE_MS)
    const now = (await customer.ask(ORDER, { id }, seen)).order
    if (now.grandTotal.amount !== grandTotal.amount || now.lines.length !== 2)
      throw new WrongAnswer(`another order than was placed: ${JSON.stringify(now)}`)
    if (now.status === 'CONFIRMED') return looks
    if (now.status !== 'PENDING') throw new WrongAnswer(`the order is ${now.status}`)
  }
  throw new WrongAnswer(`the order ${id} is still not confirmed`)
}
