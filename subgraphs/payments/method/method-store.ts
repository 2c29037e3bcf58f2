// Tested in ../method.int.test.ts: its transactions need a database.

import { createHash } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import type { Logger } from '@argyle/kit/subgraph'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { type Gateway, type GatewayMethod, type GatewayName, GatewayUnavailable } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { REMOVAL_BATCH, removeGuestMethods } from './guest-methods.ts'
import {
  addMethod,
  gatewayAway,
  MAX_METHODS,
  type PaymentGatewayError,
  type PaymentMethod,
  type PaymentTokenError,
  tokenRefused,
  tooMany,
} from './method.ts'

export type AddMethod = {
  readonly idempotencyKey: string
  readonly token: string
  readonly makeDefault: boolean
}

export type ChooseMethod = { readonly idempotencyKey: string; readonly paymentMethodId: string }

export type AddMethodError =
  | IdempotencyKeyReusedError
  | PaymentGatewayError
  | PaymentTokenError
  | ValidationError

export type ChooseMethodError = IdempotencyKeyReusedError | ValidationError

/** The principal of all guests. Their keys have a minimum length, so they do not collide. */
const GUEST = 'guest'

/** The gateway deletes methods an hour after their removal, in batches. */
const DETACH_AFTER_MS = 3_600_000
/** Pause before the gateway is asked again to delete a method. */
export const DETACH_PAUSE_MS = 3_600_000
/** Methods that one claim detaches. */
export const DETACH_BATCH = 20
/** Maximum duration of a round, so that shutdown does not wait long for a slow gateway. */
const DETACH_ROUND_MS = 10_000

/** Returns a function that tests whether this time has passed since the call. */
function passed(ms: number): () => boolean {
  const end = performance.now() + ms
  return () => performance.now() >= end
}

type Options = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly gateway: Gateway
  readonly log: Logger
}

/** The idempotency key of an attachment at the gateway. It is equal for equal requests and reveals nothing about them. */
function attachKey(principal: string, { idempotencyKey, token }: AddMethod): string {
  return `att_${createHash('sha256')
    .update(JSON.stringify([principal, idempotencyKey, token]))
    .digest('base64url')}`
}

/** The condition of the methods that a customer keeps at this gateway: those of another one cannot be seen or charged. */
const keptBy = (customerId: string, gateway: GatewayName) => ({ customerId, gateway, removedAt: null })

/** Serialises the changes of one customer's methods. */
async function lockCustomer(tx: Tx, customerId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${customerId}, 1))`
}

async function makeDefault(tx: Tx, customerId: string, id: string): Promise<void> {
  await tx.paymentMethod.updateMany({ where: { customerId, isDefault: true }, data: { isDefault: false } })
  await tx.paymentMethod.updateMany({ where: { id }, data: { isDefault: true } })
}

/** The transactions of payment methods. The gateway is called before a transaction, never inside one. */
export function methodStore({ prisma, clock, gateway, log }: Options) {
  async function attach(
    principal: string,
    input: AddMethod,
  ): Promise<Decision<GatewayMethod, PaymentTokenError | PaymentGatewayError>> {
    try {
      const attached = await gateway.attach({ key: attachKey(principal, input), token: input.token })
      return attached.ok ? attached : refuse(...attached.errors.map(tokenRefused))
    } catch (error) {
      if (!(error instanceof GatewayUnavailable)) throw error
      log.warn({ reason: error.message }, 'the gateway did not attach a payment method')
      return refuse(gatewayAway())
    }
  }

  async function insert(
    tx: Tx,
    customerId: string | null,
    { makeDefault: wanted }: AddMethod,
    attached: GatewayMethod,
  ): Promise<Decision<string, ValidationError>> {
    if (customerId !== null) await lockCustomer(tx, customerId)
    const kept =
      customerId === null ? 0 : await tx.paymentMethod.count({ where: keptBy(customerId, gateway.name) })
    const method = addMethod({ id: newId('pmt'), customerId, gateway: gateway.name }, attached, {
      kept,
      makeDefault: wanted,
      now: clock(),
    })
    if (!method.ok) return method
    const { isDefault, id } = method.value
    await tx.paymentMethod.createMany({ data: [{ ...method.value, isDefault: false }] })
    if (isDefault && customerId !== null) await makeDefault(tx, customerId, id)
    return accept(id)
  }

  /** Runs `work` on a customer's own method, once per idempotency key. Accepts its id. */
  function change(
    customerId: string,
    mutation: string,
    input: ChooseMethod,
    work: (tx: Tx, method: PaymentMethod) => Promise<void>,
  ): Promise<Decision<string, ChooseMethodError>> {
    const { idempotencyKey: key, paymentMethodId: id } = input
    const claim = { principal: customerId, mutation, key, request: input }
    const run = async (tx: Tx): Promise<Decision<string, ChooseMethodError>> => {
      await lockCustomer(tx, customerId)
      const method = await tx.paymentMethod.findFirst({ where: { id, ...keptBy(customerId, gateway.name) } })
      // A method of another customer or gateway is refused like one that does not exist.
      if (!method) return refuse(notFound('payment method', id, ['paymentMethodId']))
      await work(tx, method)
      return accept(id)
    }
    return prisma.$transaction((tx) => idempotent(tx, claim, () => run(tx)))
  }

  /** Claims methods that the gateway is to delete, for an hour. Skips those locked by other replicas. */
  function claimRemoved(): Promise<{ id: string; gatewayRef: string }[]> {
    const now = clock()
    const before = new Date(now.getTime() - DETACH_AFTER_MS)
    const until = new Date(now.getTime() + DETACH_PAUSE_MS)
    return prisma.$queryRaw`
      UPDATE payment_method SET detach_due_at = ${until}
       WHERE id = ANY(ARRAY(
         SELECT id FROM payment_method
          WHERE removed_at <= ${before} AND detached_at IS NULL AND gateway = ${gateway.name}
            AND (detach_due_at IS NULL OR detach_due_at <= ${now})
          ORDER BY removed_at LIMIT ${DETACH_BATCH} FOR UPDATE SKIP LOCKED))
      RETURNING id, gateway_ref AS "gatewayRef"`
  }

  return {
    /**
     * Adds a method of a customer, or of a guest (null), once per idempotency key. Accepts its id.
     * @param takeAttempt counts an attempt, or rejects; not called for a key whose method has been added
     */
    async add(
      customerId: string | null,
      input: AddMethod,
      takeAttempt: () => Promise<void>,
    ): Promise<Decision<string, AddMethodError>> {
      const principal = customerId ?? GUEST
      const { idempotencyKey: key } = input
      const claim = { principal, mutation: 'addPaymentMethod', key, request: input }
      const where = { principal, mutation: claim.mutation, key }
      const isRepeated = (await prisma.idempotencyRecord.count({ where })) > 0
      if (!isRepeated) await takeAttempt()
      if (!isRepeated && customerId !== null) {
        const kept = await prisma.paymentMethod.count({ where: keptBy(customerId, gateway.name) })
        // The transaction checks the limit again. This check avoids creating a method at the gateway that is
        // then discarded.
        if (kept >= MAX_METHODS) return refuse(tooMany(kept))
      }
      const attached = isRepeated ? null : await attach(principal, input)
      if (attached && !attached.ok) return attached
      return prisma.$transaction((tx) =>
        idempotent<string, AddMethodError>(tx, claim, async () => {
          if (!attached?.ok) return refuse(gatewayAway())
          return insert(tx, customerId, input, attached.value)
        }),
      )
    },

    /** Makes a customer's own method the default. */
    setDefault: (customerId: string, input: ChooseMethod) =>
      change(customerId, 'setDefaultPaymentMethod', input, (tx, { id }) => makeDefault(tx, customerId, id)),

    /**
     * Removes a customer's own method. Payments made with it remain. The newest remaining method becomes the
     * default.
     */
    remove: (customerId: string, input: ChooseMethod) =>
      change(customerId, 'removePaymentMethod', input, async (tx, method) => {
        await tx.paymentMethod.updateMany({
          where: { id: method.id },
          data: { removedAt: clock(), isDefault: false },
        })
        if (!method.isDefault) return
        const next = await tx.paymentMethod.findFirst({
          where: keptBy(customerId, gateway.name),
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        })
        if (next) await makeDefault(tx, customerId, next.id)
      }),

    /**
     * Deletes removed methods at the gateway after a delay, in which payments under way have finished. A
     * round ends after 10 s. The methods that it had claimed are claimed again after an hour, all others by
     * the next round.
     * @param isOver tests whether the round has reached its maximum duration
     */
    async detachRemoved(isOver = passed(DETACH_ROUND_MS)): Promise<void> {
      for (let count = DETACH_BATCH; count === DETACH_BATCH; ) {
        const removed = await claimRemoved()
        count = removed.length
        for (const { id, gatewayRef } of removed) {
          if (isOver()) return
          try {
            await gateway.detach(gatewayRef)
            await prisma.paymentMethod.updateMany({ where: { id }, data: { detachedAt: clock() } })
          } catch (error) {
            // The claim of this method ends in an hour. The other methods are not delayed.
            log.warn(
              { err: error, paymentMethod: id },
              'a removed payment method was not deleted at the gateway',
            )
          }
        }
      }
    },

    /** Removes methods of guests that are no longer needed. */
    async removeGuests(): Promise<void> {
      while ((await removeGuestMethods(prisma, clock())) === REMOVAL_BATCH);
    },
  }
}

export type MethodStore = ReturnType<typeof methodStore>
