import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { mintedAt, newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { orderPlaced } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { commandsOfStage, messagesFor } from '../saga/commands.ts'
import { placed } from '../saga/saga.ts'
import { atomically, type Tx } from '../transaction.ts'
import { type Checkout, gather, sagaOrderOf } from './gather.ts'
import { type PlaceOrderError, place } from './order.ts'
import { ORDER_NUMBER_BITS, orderNumber } from './order-number.ts'
import { insertOrder } from './order-rows.ts'

/** What a customer asks for. */
export type PlaceOrder = Omit<Checkout, 'buyer' | 'to'> & {
  readonly idempotencyKey: string
  readonly shippingAddressId: string
  readonly shippingAddressVersion?: number
}

/** What a guest asks for; the store reads no account. */
export type PlaceGuestOrder = { readonly claim: Claim; readonly checkout: Checkout }

/** What the store needs of the world; tests bring their own. */
export type OrderStoreOptions = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly drawNumber?: () => string
  readonly pause?: (ms: number) => Promise<unknown>
}

/** An address saved this recently may still be on its way to us as an event. */
const ADDRESS_NEWS_MS = 10_000
const ADDRESS_PAUSE_MS = 100
const ADDRESS_TRIES = 10
/** 35 random bits: with a million orders, one draw in 34,000 is taken; five in a row never are. */
const NUMBER_TRIES = 5

function randomNumber(): string {
  const bits = randomBytes(8).readBigUInt64BE() >> BigInt(64 - ORDER_NUMBER_BITS)
  return orderNumber(bits)
}

async function enter(
  tx: Tx,
  checkout: Checkout,
  { number, now }: { number: string; now: Date },
): Promise<Decision<string, PlaceOrderError>> {
  const basket = await gather(tx, checkout, now)
  if (!basket.ok) return basket
  const decision = place(basket.value, checkout, { newId, number, now })
  if (!decision.ok) return decision
  const order = decision.value
  await insertOrder(tx, order)
  const reserve = messagesFor(order, placed, commandsOfStage(sagaOrderOf(order), placed.stage))
  await appendEvents(tx, [orderPlaced(order), ...reserve])
  return accept(order.id)
}

/** Whether the database refused the order because another one has its number. */
function isNumberTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes('orders_number_key')
}

/** Whether all that was wrong was news of an address that may be on its way: a version named, or a new address. */
function mayArrive(decision: Decision<string, PlaceOrderError>, addressId: string, now: Date): boolean {
  if (decision.ok) return false
  if (decision.errors.some(({ __typename }) => __typename === 'ShippingAddressPendingError')) return true
  if (!decision.errors.some(({ path }) => path?.[0] === 'shippingAddressId')) return false
  return Math.abs(now.getTime() - mintedAt(addressId)) < ADDRESS_NEWS_MS
}

/** Owns the transaction that turns a cart into an order. */
export function orderStore({ prisma, clock, drawNumber = randomNumber, pause = sleep }: OrderStoreOptions) {
  async function attempt(
    claim: Claim,
    checkout: Checkout,
    tries = NUMBER_TRIES,
  ): Promise<Decision<string, PlaceOrderError>> {
    const drawn = { number: drawNumber(), now: clock() }
    try {
      return await atomically(prisma, (tx) => idempotent(tx, claim, () => enter(tx, checkout, drawn)))
    } catch (error) {
      if (tries > 1 && isNumberTaken(error)) return attempt(claim, checkout, tries - 1)
      throw error
    }
  }

  return {
    /** Places an order, once per idempotency key. Accepts its id. No transaction stays open while it waits for an address. */
    async place(customerId: string, request: PlaceOrder): Promise<Decision<string, PlaceOrderError>> {
      const { idempotencyKey: key, shippingAddressId, shippingAddressVersion, ...rest } = request
      // Of the shipping option its text says all.
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
