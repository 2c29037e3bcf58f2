// Tested in ../guest.int.test.ts: its transactions need a database.

import { type Decision, refuse } from '@argyle/kit/decision'
import { isDeletedUser } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { throttleGuess } from '@argyle/kit/guesses'
import { hashOf, isSecretOf } from '@argyle/kit/hashed-secret'
import type { Claim } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { echo, type UserError, type ValidationError, validationError } from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { PlaceOrderError } from '../order/order.ts'
import { isOrderNumber } from '../order/order-number.ts'
import { redeemerOf } from '../order/order-rows.ts'
import type { ShownOrder } from '../order/order-shape.ts'
import type { OrderStore } from '../order/order-store.ts'
import type { PaymentChoiceStore } from '../order/payment-choice-store.ts'
import type { CancelOrder, SagaStore } from '../saga/saga-store.ts'
import type { SecretKeys } from '../secret-keys.ts'
import type { Tx } from '../transaction.ts'
import type { GuestOrderKey, GuestPayment, GuestRequest } from './guest-input.ts'
import { guestSecret } from './guest-secret.ts'

/**
 * Limits of failed attempts: for one order 10 at once, then one a minute; from one address, for any order, 30
 * at once, then one in 10 s.
 */
export const PER_NUMBER: Allowance = { burst: 10, everyMs: 60_000 }
/** Limit of attempts of one address, for any order. */
export const GUESTS_PER_ADDRESS: Allowance = { burst: 30, everyMs: 10_000 }
/** Limit of orders of guests from one address that hold stock without a payment: 20 at once, then one in 36 s. */
export const UNPAID_PER_ADDRESS: Allowance = { burst: 20, everyMs: 36_000 }

/** Limit of orders of guests from one address with a payment method: 60 at once, then one in 10 s. The method may be an invented one. */
export const PLACED_PER_ADDRESS: Allowance = { burst: 60, everyMs: 10_000 }

type Limit = { readonly kind: string; readonly allowance: Allowance }
const UNPAID: Limit = { kind: 'guest-unpaid', allowance: UNPAID_PER_ADDRESS }
const PLACED: Limit = { kind: 'guest-placed', allowance: PLACED_PER_ADDRESS }

/** A guest's order with the secret that reads it. */
export type PlacedForGuest = { readonly orderId: string; readonly secret: string }

/** The request of cancelGuestOrder. */
export type GuestCancellation = GuestOrderKey & Omit<CancelOrder, 'orderId'>

type Parts = {
  readonly prisma: PrismaClient
  readonly orders: OrderStore
  readonly paymentChoices: PaymentChoiceStore
  readonly sagas: SagaStore
  readonly keys: SecretKeys
  readonly throttle: Throttle
}

/** The transactions of orders without an account. */
export function guestStore({ prisma, orders, paymentChoices, sagas, keys, throttle }: Parts) {
  async function find(number: string, secret: string): Promise<ShownOrder | null> {
    const order = isOrderNumber(number) ? await prisma.order.findUnique({ where: { number } }) : null
    const guestProof = order?.guestSecretHash ?? null
    return order && guestProof !== null && isSecretOf(guestProof, secret) ? { ...order, guestProof } : null
  }

  /** Finds an order like `find`, and counts failed attempts. @throws GraphQLError RATE_LIMITED */
  function look(number: string, secret: string, clientAddress: string | null): Promise<ShownOrder | null> {
    const buckets = [
      { key: addressBucket('guest-order', clientAddress), allowance: GUESTS_PER_ADDRESS },
      { key: hashedBucket('guest-order', number), allowance: PER_NUMBER },
    ]
    return throttleGuess(
      throttle,
      buckets,
      () => find(number, secret),
      (order) => order === null,
    )
  }

  /** Runs a mutation of the order that number and secret name. Failed attempts are counted. */
  async function withOrder<E extends UserError>(
    { number, secret }: GuestOrderKey,
    clientAddress: string | null,
    run: (orderId: string) => Promise<Decision<string, E>>,
  ): Promise<Decision<string, E | ValidationError>> {
    const order = await look(number, secret, clientAddress)
    if (!order) return refuse(noSuchOrder(number))
    const decision = await run(order.id)
    // A guest names the order by its number.
    return decision.ok ? decision : refuse(...decision.errors.map(atNumber))
  }

  /**
   * Counts an order. One that is refused, or was placed before with this key, does not count.
   * @throws GraphQLError RATE_LIMITED
   */
  async function counting<T, E>(
    { principal, mutation, key }: Claim,
    { kind, allowance, clientAddress }: Limit & { readonly clientAddress: string | null },
    place: () => Promise<Decision<T, E>>,
  ): Promise<Decision<T, E>> {
    if ((await prisma.idempotencyRecord.count({ where: { principal, mutation, key } })) > 0) return place()
    const bucket = addressBucket(kind, clientAddress)
    await throttle.take(bucket, allowance)
    const decision = await place()
    if (!decision.ok) await throttle.giveBack(bucket, allowance)
    return decision
  }

  return {
    /** Places a guest's order, once per idempotency key. A repetition returns the same secret. @throws GraphQLError RATE_LIMITED */
    async place(
      request: GuestRequest,
      clientAddress: string | null,
    ): Promise<Decision<PlacedForGuest, PlaceOrderError>> {
      const { idempotencyKey, email, address, ...agreed } = request
      const secret = guestSecret(await keys('guest'), request)
      const { idempotencyKey: _, quote, ...rest } = request
      const hashed = { ...rest, option: quote?.signed ?? null }
      const claim = {
        // A guest has no account. The principal is the id of the cart, which only its guest knows.
        principal: agreed.cartId,
        mutation: 'placeGuestOrder',
        key: hashOf(idempotencyKey),
        request: hashed,
      }
      const unpaidKey = hashOf(JSON.stringify([email, addressBucket('unpaid', clientAddress)]))
      const buyer = { customerId: null, guest: { email, secretHash: hashOf(secret), unpaidKey } }
      const checkout = { ...agreed, buyer, to: { written: address } }
      const isPaid = quote !== null && request.paymentMethodId !== null
      const place = () => orders.placeForGuest({ claim, checkout })
      const limit = isPaid ? PLACED : UNPAID
      const decision = await counting(claim, { ...limit, clientAddress }, place)
      if (decision.ok) return { ok: true, value: { orderId: decision.value, secret } }
      return refuse(...decision.errors)
    },

    /** The order with this number, if the secret is right; else null. @throws GraphQLError RATE_LIMITED */
    look,

    /** Completes an order that was placed without a shipping option or a payment method. Accepts its id. */
    pay({ number, secret, ...request }: GuestPayment, clientAddress: string | null) {
      return withOrder({ number, secret }, clientAddress, (orderId) =>
        paymentChoices.payForGuest({ ...request, orderId }),
      )
    },

    /** Requests the cancellation of an order. Accepts its id. */
    cancel({ number, secret, ...request }: GuestCancellation, clientAddress: string | null) {
      return withOrder({ number, secret }, clientAddress, (orderId) =>
        sagas.cancel('guest', { ...request, orderId }),
      )
    },

    /** The order after a mutation of its guest, with the proof for other subgraphs. */
    async afresh(orderId: string): Promise<ShownOrder | null> {
      const order = await prisma.order.findUnique({ where: { id: orderId } })
      return order && { ...order, ...(order.guestSecretHash && { guestProof: order.guestSecretHash }) }
    },
  }
}

/** The answer to a wrong number and to a wrong secret alike. */
function noSuchOrder(number: string): ValidationError {
  return validationError(
    `there is no guest's order ${echo(number)} with this secret: allowed are the number and the secret that placeGuestOrder returned`,
    ['number'],
  )
}

function atNumber<E extends UserError>(error: E): E {
  return error.path?.[0] === 'orderId' ? { ...error, path: ['number'] } : error
}

export type GuestStore = ReturnType<typeof guestStore>

const verifiedSchema = z.object({ userId: z.string(), email: z.string() })

type ClaimedRow = { readonly id: string; readonly number: string; readonly version: number }

/**
 * users.email.verified: assigns the orders of guests with this e-mail to the account. Their secrets remain
 * valid. An account that was deleted meanwhile gets none.
 */
export async function claimGuestOrders({ data }: Envelope, tx: Tx): Promise<void> {
  const { userId, email: given } = verifiedSchema.parse(data)
  if (await isDeletedUser(tx, userId)) return
  const email = given.trim().toLowerCase()
  const guest = redeemerOf({ customerId: null, guest: { email } })
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
