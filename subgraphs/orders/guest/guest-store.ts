// Tested in ../guest.int.test.ts: a store is its transactions.

import { type Decision, refuse } from '@argyle/kit/decision'
import { isDeletedUser } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { z } from 'zod'
import type { Order, PrismaClient } from '../generated/prisma/client.ts'
import type { PlaceOrderError } from '../order/order.ts'
import { isOrderNumber } from '../order/order-number.ts'
import { redeemerOf } from '../order/order-rows.ts'
import type { OrderStore } from '../order/order-store.ts'
import type { SecretKeys } from '../secret-keys.ts'
import type { Tx } from '../transaction.ts'
import type { GuestRequest } from './guest-input.ts'
import { guestSecret, hashOf, isSecretOf } from './guest-secret.ts'

/**
 * Limits of failed attempts: for one order 10 at once, then one a minute; from one address, for any order, 30
 * at once, then one in 10 s.
 */
export const PER_NUMBER: Allowance = { burst: 10, everyMs: 60_000 }
export const GUESTS_PER_ADDRESS: Allowance = { burst: 30, everyMs: 10_000 }

/** A guest's order with the secret that reads it. */
export type PlacedForGuest = { readonly orderId: string; readonly secret: string }

type Parts = {
  readonly prisma: PrismaClient
  readonly orders: OrderStore
  readonly keys: SecretKeys
  readonly throttle: Throttle
}

/** The transactions of orders without an account. */
export function guestStore({ prisma, orders, keys, throttle }: Parts) {
  async function find(number: string, secret: string): Promise<Order | null> {
    const order = isOrderNumber(number) ? await prisma.order.findUnique({ where: { number } }) : null
    return isSecretOf(order?.guestSecretHash ?? null, secret) ? order : null
  }

  return {
    /** Places a guest's order, once per idempotency key. A repetition returns the same secret. */
    async place(request: GuestRequest): Promise<Decision<PlacedForGuest, PlaceOrderError>> {
      const { idempotencyKey, email, address, ...agreed } = request
      const secret = guestSecret(await keys('guest'), request)
      const { idempotencyKey: _, quote, ...rest } = request
      const hashed = { ...rest, option: quote.signed }
      const claim = {
        // A guest has no account. The principal is the id of the cart, which only its guest knows.
        principal: agreed.cartId,
        mutation: 'placeGuestOrder',
        key: hashOf(idempotencyKey),
        request: hashed,
      }
      const buyer = { customerId: null, guest: { email, secretHash: hashOf(secret) } }
      const checkout = { ...agreed, buyer, to: { written: address } }
      const decision = await orders.placeForGuest({ claim, checkout })
      if (decision.ok) return { ok: true, value: { orderId: decision.value, secret } }
      return refuse(...decision.errors)
    },

    /**
     * The order with this number, if the secret is right; else null. Failed attempts are counted, by address
     * first, so that invented numbers cannot fill the table.
     * @throws GraphQLError RATE_LIMITED
     */
    async look(number: string, secret: string, clientAddress: string | null): Promise<Order | null> {
      const ofAddress = addressBucket('guest-order', clientAddress)
      const ofNumber = hashedBucket('guest-order', number)
      await throttle.take(ofAddress, GUESTS_PER_ADDRESS)
      try {
        await throttle.take(ofNumber, PER_NUMBER)
      } catch (error) {
        await throttle.giveBack(ofAddress, GUESTS_PER_ADDRESS)
        throw error
      }
      const order = await find(number, secret)
      if (order) {
        await throttle.giveBack(ofAddress, GUESTS_PER_ADDRESS)
        await throttle.giveBack(ofNumber, PER_NUMBER)
      }
      return order
    },
  }
}

export type GuestStore = ReturnType<typeof guestStore>

const verifiedSchema = z.object({ userId: z.string(), email: z.string() })

type ClaimedRow = { readonly id: string; readonly number: string; readonly version: number }

/**
 * users.email.verified: assigns the orders of guests with this e-mail to the account. Their secrets remain
 * valid. A deleted account, whose message comes late, gets none.
 */
export async function claimGuestOrders({ data }: Envelope, tx: Tx): Promise<void> {
  const { userId, email: given } = verifiedSchema.parse(data)
  if (await isDeletedUser(tx, userId)) return
  const email = given.trim().toLowerCase()
  const guest = redeemerOf({ customerId: null, guest: { email, secretHash: '' } })
  const claimed = await tx.$queryRaw<ClaimedRow[]>`
    WITH redeemed AS (UPDATE coupon_redemption SET customer_id = ${userId} WHERE customer_id = ${guest})
    UPDATE orders SET customer_id = ${userId} WHERE email = ${email} AND customer_id IS NULL
    RETURNING id, number, version`
  await appendEvents(
    tx,
    claimed.map(({ id: orderId, number, version }) => ({
      type: 'orders.order.claimed',
      subject: orderId,
      sequence: version,
      data: { orderId, number, customerId: userId },
    })),
  )
}
