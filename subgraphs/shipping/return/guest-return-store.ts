// Tested in ../guest.int.test.ts: its transactions need a database.

import { type Decision, refuse } from '@argyle/kit/decision'
import { throttleGuess } from '@argyle/kit/guesses'
import { hashOf, isSecretOf } from '@argyle/kit/hashed-secret'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { echo, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Return } from './return.ts'
import type { CancelGuestReturn, RequestGuestReturn } from './return-input.ts'
import type { RequestError, ReturnStore, StepError } from './return-store.ts'

/**
 * Limits of failed attempts, the same as for `guestOrder`: for one order 10 at once, then one a minute; from
 * one address, for any order, 30 at once, then one in 10 s.
 */
export const PER_NUMBER: Allowance = { burst: 10, everyMs: 60_000 }
/** Limit of attempts of one address, for any order. */
export const GUESTS_PER_ADDRESS: Allowance = { burst: 30, everyMs: 10_000 }

type Parts = {
  readonly prisma: PrismaClient
  readonly returns: Pick<ReturnStore, 'requestForGuest' | 'move'>
  readonly throttle: Throttle
}

/** Returns of guests, who name an order by its number and secret. */
export function guestReturnStore({ prisma, returns, throttle }: Parts) {
  async function find(number: string, secret: string): Promise<string | null> {
    const orders = await prisma.fulfilment.findMany({
      where: { orderNumber: number },
      select: { orderId: true, guestProofHash: true },
    })
    // The proof of a secret is its hash, of which shipping has the hash.
    const theirs = orders.find(({ guestProofHash }) => isSecretOf(guestProofHash, hashOf(secret)))
    return theirs?.orderId ?? null
  }

  /** The id of the order that number and secret name; null for a wrong pair, which is counted. @throws GraphQLError RATE_LIMITED */
  function look(number: string, secret: string, clientAddress: string | null): Promise<string | null> {
    const buckets = [
      { key: addressBucket('guest-order', clientAddress), allowance: GUESTS_PER_ADDRESS },
      { key: hashedBucket('guest-order', number), allowance: PER_NUMBER },
    ]
    return throttleGuess(
      throttle,
      buckets,
      () => find(number, secret),
      (orderId) => orderId === null,
    )
  }

  return {
    /**
     * Creates a return, once per idempotency key. Accepts its id.
     * @throws GraphQLError RATE_LIMITED
     */
    async request(
      { number, secret, ...request }: RequestGuestReturn,
      clientAddress: string | null,
    ): Promise<Decision<string, RequestError>> {
      const orderId = await look(number, secret, clientAddress)
      return orderId === null ? refuse(noSuchOrder(number)) : returns.requestForGuest({ ...request, orderId })
    },

    /**
     * Cancels a return of the order. Accepts it.
     * @throws GraphQLError RATE_LIMITED
     */
    async cancel(
      { number, secret, ...of }: CancelGuestReturn,
      clientAddress: string | null,
    ): Promise<Decision<Return, StepError>> {
      const orderId = await look(number, secret, clientAddress)
      if (orderId === null) return refuse(noSuchOrder(number))
      const which = { ...of, mutation: 'cancelGuestReturn' }
      return returns.move({ kind: 'guest', orderId }, which, { type: 'cancel' })
    },
  }
}

/** The answer to a wrong number and to a wrong secret alike. */
function noSuchOrder(number: string): ValidationError {
  return validationError(
    `there is no guest's order ${echo(number)} with this secret that was packed: allowed are the number and the secret that placeGuestOrder returned`,
    ['number'],
  )
}

export type GuestReturnStore = ReturnType<typeof guestReturnStore>
