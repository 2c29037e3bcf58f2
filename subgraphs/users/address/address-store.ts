import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { addressRemoved, addressSaved } from '../events.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { type Address, type AddressContent, addAddress } from './address.ts'

export type AddressStore = ReturnType<typeof addressStore>

/** An address with its owner. Another owner's address is refused like one that does not exist. */
export type Owned = { readonly userId: string; readonly id: string }

/**
 * Address books. Every change locks the owner's account, since the limit and the default concern the whole
 * book.
 */
export function addressStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** All addresses of these accounts, oldest first. */
    ofUsers: (userIds: readonly string[]): Promise<Address[]> =>
      prisma.address.findMany({
        where: { userId: { in: [...userIds] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),

    /** Adds an address, once per idempotency key. A repeated key returns the address as it is now. */
    add: (
      { userId, id }: Owned,
      claim: Claim,
      content: AddressContent,
    ): Promise<Decision<Address, ValidationError | IdempotencyKeyReusedError>> =>
      prisma.$transaction(async (tx) => {
        const added = await idempotent(tx, claim, async () => {
          if (!(await lockBook(tx, userId))) return refuse(notFound('user', userId, ['userId']))
          const held = await tx.address.count({ where: { userId } })
          const decision = addAddress({ id, userId, content, held }, clock())
          if (!decision.ok) return decision
          await insert(tx, decision.value)
          return accept({ addressId: decision.value.id })
        })
        if (!added.ok) return added
        const { addressId } = added.value
        const address = await tx.address.findFirst({ where: { id: addressId } })
        return address ? accept(address) : refuse(notFound('address', addressId, ['idempotencyKey']))
      }),

    /** Changes an address by a rule. */
    change: <E>(
      owned: Owned,
      rule: (address: Address, now: Date) => Decision<Address, E>,
    ): Promise<Decision<Address, E | ValidationError>> =>
      prisma.$transaction(async (tx) => {
        const address = await lockAddress(tx, owned)
        if (!address) return refuse(notFound('address', owned.id, ['addressId']))
        const decision = rule(address, clock())
        if (!decision.ok || decision.value === address) return decision
        await replace(tx, decision.value)
        return decision
      }),

    /** Removes an address if the rule allows it, and publishes the removal. */
    remove: <E>(
      owned: Owned,
      rule: (address: Address) => Decision<Address, E>,
    ): Promise<Decision<string, E | ValidationError>> =>
      prisma.$transaction(async (tx) => {
        const address = await lockAddress(tx, owned)
        if (!address) return refuse(notFound('address', owned.id, ['addressId']))
        const decision = rule(address)
        if (!decision.ok) return decision
        await tx.address.deleteMany({ where: { id: address.id } })
        await appendEvents(tx, [addressRemoved(address)])
        return accept(address.id)
      }),
  }
}

/** @returns whether there is an account: an access token outlives a deleted one by minutes */
async function lockBook(tx: Prisma.TransactionClient, userId: string): Promise<boolean> {
  return (await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${userId} FOR NO KEY UPDATE`) === 1
}

async function lockAddress(tx: Prisma.TransactionClient, { userId, id }: Owned): Promise<Address | null> {
  await lockBook(tx, userId)
  return tx.address.findFirst({ where: { id, userId } })
}

async function insert(tx: Prisma.TransactionClient, address: Address): Promise<void> {
  if (address.isDefault) await dropDefault(tx, address.userId)
  await tx.address.createMany({ data: address })
  await appendEvents(tx, [addressSaved(address)])
}

async function replace(tx: Prisma.TransactionClient, address: Address): Promise<void> {
  const { id, ...content } = address
  if (address.isDefault) await dropDefault(tx, address.userId)
  await tx.address.updateMany({ where: { id }, data: content })
  await appendEvents(tx, [addressSaved(address)])
}

async function dropDefault(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.address.updateMany({ where: { userId, isDefault: true }, data: { isDefault: false } })
}
