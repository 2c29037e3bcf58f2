import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { mintedAt, newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { notFound, validationError } from '@argyle/kit/user-errors'
import { isOpenTo } from '../cart/cart-life.ts'
import { linesWithOffers } from '../cart/offers.ts'
import { heldCoupon } from '../coupon/coupon-reads.ts'
import { orderPlaced } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { commandOf } from '../saga/effects.ts'
import { placed } from '../saga/saga.ts'
import { atomically, type Tx } from '../transaction.ts'
import {
  type Agreement,
  type Basket,
  type Destination,
  type PlaceOrderError,
  place,
  readAddress,
} from './order.ts'
import { ORDER_NUMBER_BITS, orderNumber } from './order-number.ts'
import { insertOrder, lockCoupon, lockGround } from './order-rows.ts'

export type PlaceOrder = Agreement &
  Destination & {
    readonly idempotencyKey: string
    readonly cartId: string
  }

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

/** Locks what an order is made of, cart before coupon, and reads it. */
async function gather(
  tx: Tx,
  customerId: string,
  request: PlaceOrder,
  now: Date,
): Promise<Decision<Basket, PlaceOrderError>> {
  const { cartId, shippingAddressId: addressId } = request
  const ground = await lockGround(tx, { cartId, customerId, addressId })
  if (!ground || !isOpenTo(ground.cart, customerId, now))
    return refuse(notFound('open cart', cartId, ['cartId']))
  const { cart } = ground
  if (cart.customerId === null) {
    return refuse(
      validationError(`the cart "${cartId}" is a guest's: allowed is your own, so claimCart first`, [
        'cartId',
      ]),
    )
  }
  const address = readAddress(ground.address, request)
  if (!address.ok) return address
  const lines = await linesWithOffers(tx, [cartId])
  if (cart.couponId) await lockCoupon(tx, cart.couponId)
  const held = cart.couponId ? await heldCoupon(tx, { id: cart.couponId }, customerId) : null
  return accept({ cart, customerId, lines, held, address: address.value })
}

async function enter(
  tx: Tx,
  customerId: string,
  request: PlaceOrder,
  { number, now }: { number: string; now: Date },
): Promise<Decision<string, PlaceOrderError>> {
  const basket = await gather(tx, customerId, request, now)
  if (!basket.ok) return basket
  const decision = place(basket.value, request, { newId, number, now })
  if (!decision.ok) return decision
  const order = decision.value
  await insertOrder(tx, order)
  await appendEvents(tx, [orderPlaced(order), ...commandOf(order, placed)])
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
    customerId: string,
    request: PlaceOrder,
    tries = NUMBER_TRIES,
  ): Promise<Decision<string, PlaceOrderError>> {
    const claim = { principal: customerId, mutation: 'placeOrder', key: request.idempotencyKey, request }
    const drawn = { number: drawNumber(), now: clock() }
    try {
      return await atomically(prisma, (tx) =>
        idempotent(tx, claim, () => enter(tx, customerId, request, drawn)),
      )
    } catch (error) {
      if (tries > 1 && isNumberTaken(error)) return attempt(customerId, request, tries - 1)
      throw error
    }
  }

  return {
    /** Places an order, once per idempotency key. Accepts its id. No transaction stays open while it waits for an address. */
    async place(customerId: string, request: PlaceOrder): Promise<Decision<string, PlaceOrderError>> {
      let decision = await attempt(customerId, request)
      for (
        let tries = 0;
        tries < ADDRESS_TRIES && mayArrive(decision, request.shippingAddressId, clock());
        tries++
      ) {
        await pause(ADDRESS_PAUSE_MS)
        decision = await attempt(customerId, request)
      }
      return decision
    },
  }
}

export type OrderStore = ReturnType<typeof orderStore>
