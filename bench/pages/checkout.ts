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

const VIEW = `query ViewCart($countryCode: String!, $postalCode: String!) { me { cart {
  id version subtotal ${MONEY} total ${MONEY} orderable
  lines { id quantity unitPrice ${MONEY} lineTotal ${MONEY}
    variant { sku title product { title slug } availability { status availableQuantity } } }
  shippingOptions(countryCode: $countryCode, postalCode: $postalCode) { id carrier service price ${MONEY} }
} } }`
const stocked = z.object({ sku: z.string(), availability: z.object({ availableQuantity: z.int().min(1) }) })
const cart = z.object({
  id: z.string(),
  version: z.int(),
  total: money,
  orderable: z.literal(true),
  lines: z.array(z.object({ quantity: z.int(), variant: stocked })),
  shippingOptions: z.tuple([z.object({ id: z.string() })], z.unknown()),
})
const viewed = z.object({ me: z.object({ cart }) })

const TOTALS = `query ViewTotals($countryCode: String!, $postalCode: String!, $region: String, $option: ID!) { me { cart {
  totals(countryCode: $countryCode, postalCode: $postalCode, region: $region, shippingOptionId: $option) {
    shippingTotal ${MONEY} taxTotal ${MONEY} includedTaxTotal ${MONEY} grandTotal ${MONEY} }
} } }`
const totalled = z.object({
  me: z.object({ cart: z.object({ totals: z.object({ grandTotal: money }) }) }),
})

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
export const CHECKOUT = [ADD, VIEW, TOTALS, PLACE, ORDER]

/** A customer's cart, ready to be ordered, and what it costs with the cheapest shipping. */
export type Cart = z.output<typeof cart> & { readonly grandTotal: z.output<typeof money> }

export async function addToCart({ ask }: Customer, variantId: string): Promise<void> {
  await ask(ADD, { input: { idempotencyKey: randomUUID(), variantId, quantity: 1 } }, added)
}

/** The cart with everything that a customer sees before ordering: prices, titles, stock, shipping, tax. */
export async function viewCart({ ask, place }: Customer): Promise<Cart> {
  const { countryCode, postalCode } = place
  const seen = (await ask(VIEW, { countryCode, postalCode }, viewed)).me.cart
  const [{ id: option }] = seen.shippingOptions
  const { totals } = (await ask(TOTALS, { ...place, option }, totalled)).me.cart
  return { ...seen, grandTotal: totals.grandTotal }
}

/** The input of `placeOrder` for exactly what the customer saw. */
function orderInput({ addressId, paymentMethodId }: Customer, { id, version, grandTotal, ...seen }: Cart) {
  return {
    idempotencyKey: randomUUID(),
    cartId: id,
    expectedCartVersion: version,
    shippingAddressId: addressId,
    shippingOptionId: seen.shippingOptions[0].id,
    paymentMethodId,
    expectedTotal: grandTotal,
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
/** Statuses before an order is paid, and from then on. */
const UNPAID: ReadonlySet<string> = new Set(['PENDING', 'AWAITING_PAYMENT'])
const PAID: ReadonlySet<string> = new Set(['CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED'])

/** An order that was confirmed. */
export type CheckedOut = {
  readonly orderId: string
  /** When the customer sent `placeOrder`, in milliseconds since the epoch. */
  readonly askedAt: number
}

/**
 * A complete checkout of a signed-in customer: add two items to the cart, view it, order it, and poll the
 * order until it is confirmed.
 */
export async function checkout(
  customer: Customer,
  variantIds: readonly [string, string],
): Promise<CheckedOut> {
  for (const variantId of variantIds) await addToCart(customer, variantId)
  const full = await viewCart(customer)
  if (full.lines.length !== 2)
    throw new WrongAnswer(`a cart of ${full.lines.length} lines, where two were put in`)
  const askedAt = Date.now()
  const { placeOrder } = await customer.ask(PLACE, { input: orderInput(customer, full) }, placed)
  const { id, grandTotal } = placeOrder.order
  for (let looks = 1; looks <= PATIENCE; looks++) {
    await sleep(PAUSE_MS)
    const now = (await customer.ask(ORDER, { id }, seen)).order
    if (now.grandTotal.amount !== grandTotal.amount || now.lines.length !== 2)
      throw new WrongAnswer(`another order than was placed: ${JSON.stringify(now)}`)
    if (PAID.has(now.status)) return { orderId: id, askedAt }
    if (!UNPAID.has(now.status)) throw new WrongAnswer(`the order is ${now.status}`)
  }
  throw new WrongAnswer(`the order ${id} is still not confirmed`)
}
