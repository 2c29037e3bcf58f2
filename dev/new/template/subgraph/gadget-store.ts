import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { readInstantCursor } from '@argyle/kit/keyset'
import { appendEvents } from '@argyle/kit/outbox'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { gadgetChanged } from './events.ts'
import { type Gadget, make, noSuchGadget } from './gadget.ts'
import type { NewGadget } from './gadget-input.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'

type Tx = Prisma.TransactionClient

async function isKnown(tx: Tx, productId: string): Promise<boolean> {
  const product = await tx.knownProduct.findFirst({ where: { productId, status: { not: 'DRAFT' } } })
  return product !== null
}

/** The gadget, locked: changes at once of one gadget wait for each other. */
async function lock(tx: Tx, id: string): Promise<Gadget | null> {
  await tx.$executeRaw`SELECT 1 FROM gadget WHERE id = ${id} FOR UPDATE`
  return tx.gadget.findFirst({ where: { id } })
}

/** The rows behind a cursor, newest first. @throws GraphQLError BAD_USER_INPUT for a forged cursor */
function behind({ after }: Page): Prisma.GadgetWhereInput {
  const last = readInstantCursor(after, 'gdt')
  if (!last) return {}
  const { at, id } = last
  // The first condition is implied by the second, and lets the index be entered at the cursor.
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] }
}

/** Owns the transactions: lock, load, decide, save, tell. */
export function gadgetStore(prisma: PrismaClient, clock: Clock) {
  async function enter(
    tx: Tx,
    customerId: string,
    { productId, content }: NewGadget,
  ): Promise<Decision<string, ValidationError>> {
    if (!(await isKnown(tx, productId))) return refuse(notFound('product', productId, ['productId']))
    const gadget = make({ id: newId('gdt'), customerId, productId }, content, clock())
    await tx.gadget.createMany({ data: [gadget] })
    await appendEvents(tx, [gadgetChanged(gadget)])
    return accept(gadget.id)
  }

  return {
    byIds: (ids: readonly string[]): Promise<Gadget[]> =>
      prisma.gadget.findMany({ where: { id: { in: [...ids] } } }),

    /** `first + 1` gadgets of a customer, newest first. */
    pageOf: (customerId: string, page: Page): Promise<Gadget[]> =>
      prisma.gadget.findMany({
        where: { customerId, ...behind(page) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.first + 1,
      }),

    countOf: (customerId: string): Promise<number> => prisma.gadget.count({ where: { customerId } }),

    /** Makes a gadget, once per idempotency key. Accepts its id. */
    create(
      customerId: string,
      input: NewGadget,
    ): Promise<Decision<string, IdempotencyKeyReusedError | ValidationError>> {
      const { idempotencyKey: key } = input
      const claim = { principal: customerId, mutation: 'createGadget', key, request: input }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => enter(tx, customerId, input)))
    },

    /** Saves what `decide` accepts. */
    change<E>(
      id: string,
      decide: (gadget: Gadget, now: Date) => Decision<Gadget, E>,
    ): Promise<Decision<Gadget, E | ValidationError>> {
      return prisma.$transaction(async (tx) => {
        const before = await lock(tx, id)
        if (!before) return refuse(noSuchGadget(id))
        const decision = decide(before, clock())
        if (!decision.ok) return decision
        const { id: _, ...row } = decision.value
        await tx.gadget.updateMany({ where: { id }, data: row })
        await appendEvents(tx, [gadgetChanged(decision.value)])
        return decision
      })
    },
  }
}

export type GadgetStore = ReturnType<typeof gadgetStore>
