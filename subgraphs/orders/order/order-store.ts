// Tested in ../checkout.int.test.ts: its transactions need a database.

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { mintedAt, newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { orderPlaced, orderSummarised } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { messagesFor, reserve } from '../saga/commands.ts'
import { placed } from '../saga/saga.ts'
import { atomically, type Tx } from '../transaction.ts'
import { type Checkout, gather } from './gather.ts'
import { type PlaceOrderError, place } from './order.ts'
import { ORDER_NUMBER_BITS, orderNumber } from './order-number.ts'
import { insertOrder } from './order-rows.ts'

/** The request of a customer. */
export type PlaceOrder = Omit<Checkout, 'buyer' | 'to'> & {
  readonly idempotencyKey: string
  readonly shippingAddressId: string
  readonly shippingAddressVersion?: number
}

/** The request of a guest. There is no account to look up. */
export type PlaceGuestOrder = { readonly claim: Claim; readonly checkout: Checkout }

/** The dependencies of the store, which tests replace. */
export type OrderStoreOptions = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly drawNumber?: () => string
  readonly pause?: (ms: number) => Promise<unknown>
}

/** Age of an address up to which its event may not have arrived yet. */
const ADDRESS_NEWS_MS = 10_000
/** Pause before an order looks again for an address whose event may not have arrived. */
const ADDRESS_PAUSE_MS = 100
/** Maximum number of further looks for such an address. */
const ADDRESS_TRIES = 10
/** Maximum number of orders of one customer, or with one guest's e-mail from one network, whose payment is not authorized yet. */
export const MAX_UNPAID = 50
/**
 * Maximum number of draws of an order number, which has 35 random bits. With a million orders, one draw in
 * 34,000 collides. Five collisions in a row do not occur in practice.
 */
const NUMBER_TRIES = 5

function randomNumber(): string {
  const bits = randomBytes(8).readBigUInt64BE() >> BigInt(64 - ORDER_NUMBER_BITS)
  return orderNumber(bits)
}

async function enter(
  tx: Tx,
  checkout: Checkout,
  drawn: { orderId: string; number: string; now: Date },
): Promise<Decision<string, PlaceOrderError>> {
  const basket = await gather(tx, checkout, drawn.now)
  if (!basket.ok) return basket
  const decision = place(basket.value, checkout, { newId, ...drawn })
  if (!decision.ok) return decision
  const order = decision.value
  if (basket.value.unpaid >= MAX_UNPAID) return refuse(tooManyUnpaid())
  await insertOrder(tx, order)
  const { countryCode } = order.address
  const summary = orderSummarised({
    ...order,
    version: placed.version,
    email: order.guest?.email ?? null,
    guestSecretHash: order.guest?.secretHash ?? null,
    countryCode,
  })
  await appendEvents(tx, [orderPlaced(order), summary, ...messagesFor(order, placed, [reserve(order)])])
  return accept(order.id)
}

function tooManyUnpaid(): ValidationError {
  return validationError(
    `${MAX_UNPAID} of your orders are not paid yet: allowed are ${MAX_UNPAID} at once, so pay or cancel one of them first`,
    ['paymentMethodId'],
  )
}

/** Tests whether the insert violated the unique index of order numbers. */
function isNumberTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('orders_number_key')
}

/**
 * Tests whether the only errors are about an address whose event may still arrive: a newer version, or a new
 * address.
 */
function mayArrive(decision: Decision<string, PlaceOrderError>, addressId: string, now: Date): boolean {
  if (decision.ok) return false
  if (decision.errors.some(({ __typename }) => __typename === 'ShippingAddressPendingError')) return true
  if (!decision.errors.some(({ path }) => path?.[0] === 'shippingAddressId')) return false
  return Math.abs(now.getTime() - mintedAt(addressId)) < ADDRESS_NEWS_MS
}

/** The transaction that turns a cart into an order. */
export function orderStore({ prisma, clock, drawNumber = randomNumber, pause = sleep }: OrderStoreOptions) {
  async function attempt(
    claim: Claim,
    checkout: Checkout,
    tries = NUMBER_TRIES,
  ): Promise<Decision<string, PlaceOrderError>> {
    const drawn = { orderId: newId('ord'), number: drawNumber(), now: clock() }
    const foreseen = { ...claim, answer: drawn.orderId }
    try {
      return await atomically(prisma, (tx) => idempotent(tx, foreseen, () => enter(tx, checkout, drawn)))
    } catch (error) {
      if (tries > 1 && isNumberTaken(error)) return attempt(claim, checkout, tries - 1)
      throw error
    }
  }

  return {
    /**
     * Places an order, once per idempotency key. Accepts its id. While it waits for an address, no
     * transaction is open.
     */
    async place(customerId: string, request: PlaceOrder): Promise<Decision<string, PlaceOrderError>> {
      const { idempotencyKey: key, shippingAddressId, shippingAddressVersion, ...rest } = request
      // The id of a shipping option contains all of its data.
      const asked = { ...request, quote: request.quote?.signed ?? null }
      const claim = { principal: customerId, mutation: 'placeOrder', key, request: asked }
      const book = { shippingAddressId, ...(shippingAddressVersion && { shippingAddressVersion }) }
      const checkout: Checkout = { ...rest, buyer: { customerId, guest: null }, to: { book } }
      let decision = await attempt(claim, checkout)
      for (let tries = 0; tries < ADDRESS_TRIES && mayArrive(decision, shippingAddressId, clock()); tries++) {
        await pause(ADDRESS_PAUSE_MS)
        decision = await attempt(claim, checkout)
      }
      return decision
    },

    /** Places a guest's order, once per claim. Accepts its id. */
    placeForGuest({ claim, checkout }: PlaceGuestOrder): Promise<Decision<string, PlaceOrderError>> {
      return attempt(claim, checkout)
    },
  }
}

export type OrderStore = ReturnType<typeof orderStore>
