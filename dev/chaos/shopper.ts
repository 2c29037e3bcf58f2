import { setTimeout as pause } from 'node:timers/promises'
import { TEST_CARDS } from '@argyle/payments/sandbox-gateway/test-cards'
import type { Chance } from '../seed/random/chance.ts'
import type { StubbornClient } from './client.ts'
import { decide, tokenOf } from './gateway-pages.ts'
import { CART, GUEST_ORDER, ORDER, TOTALS } from './operations.ts'

export type ShopperOptions = {
  readonly client: StubbornClient
  /** A member of staff. */
  readonly staff: StubbornClient
  readonly chance: Chance
  /** Unique among the shoppers of a run. */
  readonly name: string
  readonly isGuest: boolean
  readonly gatewayUrl: string
  /** Variants to choose from. */
  readonly variants: readonly string[]
  /** Whether they always choose the fastest shipping. */
  readonly isHasty: boolean
  /** No order is placed any more. */
  readonly isOver: () => boolean
}

/** Cards that a customer has from the beginning, and the share of purchases by another one. */
const CARDS = 3
const NEW_CARD = 0.15

const PLACE = { countryCode: 'DE', postalCode: '04109' }
const ADDRESS = { line1: '7 Weaver Street', city: 'Leipzig', ...PLACE }

/** Recipients by which the carrier loses, refuses, returns, or answers badly. */
const RECIPIENTS = [
  [20, 'Lotte Aaker'],
  [1, 'Test Lost'],
  [1, 'Test Returned'],
  [1, 'Test Refused'],
  [1, 'Test Dropped'],
  [1, 'Test Failing'],
  [1, 'Test Silent'],
  [1, 'Test Twice'],
  [1, 'Test Reordered'],
] as const

/** The possible ends of a purchase, one of which is drawn. */
const ENDINGS = [
  [6, 'wait'],
  [3, 'cancel at once'],
  [3, 'cancel later'],
  [2, 'refund a part'],
  [3, 'send back'],
] as const

/** An order, and the query by which its buyer looks at it. */
type Placed = { readonly id: string; readonly query: string; readonly variables: Record<string, string> }

/** Someone who buys, pays, changes their mind and sends things back, again and again. */
export function shopper(options: ShopperOptions) {
  const { client, staff, chance, name, isGuest, gatewayUrl, variants, isHasty, isOver } = options
  const email = `${name}@chaos.example`
  const addresses = new Map<string, string>()
  const methods = new Map<string, string>()
  /** The cards that they have with them. */
  const wallet = Array.from({ length: CARDS }, () => chance.pick(TEST_CARDS))

  /** A payment method of a test card, kept by customers and made anew by guests. */
  async function methodOf(number: string): Promise<string | null> {
    const known = methods.get(number)
    if (known) return known
    const token = await tokenOf(gatewayUrl, number)
    const added = token && (await client.run('addPaymentMethod', { token }))
    const id: string | null = added?.paymentMethod?.id ?? null
    if (id && !isGuest) methods.set(number, id)
    return id
  }

  async function addressOf(recipient: string): Promise<string | null> {
    const known = addresses.get(recipient)
    if (known) return known
    const saved = await client.run('addAddress', { recipient, ...ADDRESS })
    const id: string | null = saved?.address?.id ?? null
    if (id) addresses.set(recipient, id)
    return id
  }

  /** A cart with one to three kinds of socks. @returns its id and version */
  async function fillCart(): Promise<{ id: string; version: number } | null> {
    let cart: { id: string; version: number } | null = null
    for (let line = chance.between(1, 3); line > 0; line--) {
      const input = { variantId: chance.pick(variants), quantity: chance.between(1, 4) }
      const payload = await client.run('addCartLine', cart && isGuest ? { ...input, cartId: cart.id } : input)
      cart = payload?.cart ?? cart
    }
    return cart
  }

  async function place(): Promise<Placed | null> {
    const recipient = chance.weighted(RECIPIENTS)
    const { number } = chance.pick(chance.flip(NEW_CARD) ? TEST_CARDS : wallet)
    const paymentMethodId = await methodOf(number)
    const shippingAddressId = isGuest ? null : await addressOf(recipient)
    const filled = await fillCart()
    if (!paymentMethodId || !filled) return null
    const of = isGuest ? { id: filled.id, ...PLACE } : PLACE
    const seen = await client.read(CART, of, (data) => data.cart?.shippingOptions?.length > 0)
    if (!seen) return null
    const { id: cartId, version: expectedCartVersion, shippingOptions } = seen.cart
    const offered: readonly Option[] = shippingOptions
    const { id: shippingOptionId } = isHasty ? offered.reduce(faster) : chance.pick(offered)
    const known = await client.read(TOTALS, { ...of, option: shippingOptionId }, (data) => data.cart?.totals)
    if (!known || isOver()) return null
    const { grandTotal: expectedTotal } = known.cart.totals
    const common = { cartId, expectedCartVersion, shippingOptionId, paymentMethodId, expectedTotal }
    if (!isGuest) {
      const placed = await client.run('placeOrder', { ...common, shippingAddressId })
      const id: string | undefined = placed?.order?.id
      return id ? { id, query: ORDER, variables: { id } } : null
    }
    const placed = await client.run('placeGuestOrder', {
      ...common,
      email,
      address: { recipient, ...ADDRESS },
    })
    if (!placed?.order) return null
    const { number: orderNumber, id } = placed.order
    return { id, query: GUEST_ORDER, variables: { number: orderNumber, secret: placed.secret } }
  }

  /** The order as its buyer sees it, once it meets the condition; null if it does not before the end. */
  async function see({ query, variables }: Placed, isRight: (order: Seen) => boolean): Promise<Seen | null> {
    const data = await client.read(query, variables, (answered) => {
      const order = answered.order ?? answered.guestOrder
      return order && (isRight(order) || OVER.has(order.status))
    })
    const order: Seen | null = data?.order ?? data?.guestOrder ?? null
    return order && isRight(order) ? order : null
  }

  async function takeSecondStep(placed: Placed): Promise<void> {
    const order = await see(placed, ({ status, payment }) => {
      return (
        status !== 'PENDING' && Boolean(payment && (payment.nextAction || payment.status !== 'PROCESSING'))
      )
    })
    const url = order?.payment?.nextAction?.redirectUrl
    // Some leave the page without an answer.
    const decision = chance.weighted<'approve' | 'deny' | null>([
      [4, 'approve'],
      [1, 'deny'],
      [1, null],
    ])
    if (!url || !decision) return
    await decide(url, decision)
  }

  async function cancel(placed: Placed): Promise<void> {
    const order = await see(placed, () => true)
    if (!order) return
    const { id: orderId, version: expectedVersion } = order
    if (isGuest) await client.run('cancelGuestOrder', { ...placed.variables, expectedVersion })
    else await client.run('cancelOrder', { orderId, expectedVersion })
  }

  async function refundPart(placed: Placed): Promise<void> {
    const order = await see(placed, ({ payment }) => payment?.status === 'CAPTURED')
    if (!order?.payment) return
    const amount = (Number(order.grandTotal.amount) * (0.1 + 0.5 * chance.next())).toFixed(2)
    await staff.run('refundPayment', { paymentId: order.payment.id, amount, reason: 'a seam was loose' })
  }

  async function sendBack(placed: Placed): Promise<void> {
    const order = await see(placed, ({ status }) => status === 'DELIVERED')
    if (!order) return
    const lines = order.lines.map(({ id, quantity }) => ({
      orderLineId: id,
      quantity: chance.between(1, quantity),
    }))
    const asked = isGuest
      ? await client.run('requestGuestReturn', { ...placed.variables, lines })
      : await client.run('requestReturn', { orderId: order.id, lines })
    if (!asked) return
    const { id, version } = asked.return
    const approved = await staff.run('approveReturn', { id, expectedVersion: version }, false)
    if (!approved) return
    const received = lines.map((line) => ({ ...line, restock: chance.flip(0.7) }))
    const input = { id, expectedVersion: approved.return.version, lines: received }
    await staff.run('receiveReturn', input, false)
  }

  async function buy(): Promise<void> {
    const placed = await place()
    if (!placed) return
    const ending = chance.weighted(ENDINGS)
    if (ending === 'cancel at once') return cancel(placed)
    await takeSecondStep(placed)
    if (ending === 'cancel later') {
      await pause(chance.between(0, 5_000))
      return cancel(placed)
    }
    if (ending === 'refund a part') return refundPart(placed)
    if (ending === 'send back') return sendBack(placed)
  }

  return {
    /** Signs a customer up, with cards and an address. */
    async arrive(): Promise<void> {
      if (isGuest) return
      const account = { email, password: 'a pair for every day', displayName: name }
      const session = (await client.run('signUp', account))?.session
      if (!session) throw new Error(`${email} cannot sign up`)
      client.useToken(session.accessToken)
      await Promise.all([...wallet.map(({ number }) => methodOf(number)), addressOf(RECIPIENTS[0][1])])
    },
    async shop(): Promise<void> {
      while (!isOver()) await buy()
    },
  }
}

type Option = { readonly id: string; readonly estimatedDays: number }

const faster = (one: Option, other: Option) => (other.estimatedDays < one.estimatedDays ? other : one)

type Seen = {
  readonly id: string
  readonly status: string
  readonly version: number
  readonly grandTotal: { readonly amount: string }
  readonly lines: readonly { readonly id: string; readonly quantity: number }[]
  readonly payment: {
    readonly id: string
    readonly status: string
    readonly nextAction: { readonly redirectUrl: string } | null
  } | null
}

/** Final statuses, after which it is useless to wait for a change. */
const OVER = new Set(['CANCELLED', 'REFUNDED', 'DELIVERED'])
