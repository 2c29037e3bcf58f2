// Tested in events.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { readInstantCursor } from '@argyle/kit/keyset'
import { appendEvents } from '@argyle/kit/outbox'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { gadgetChanged } from './events.ts'
import { create, type Gadget, noSuchGadget } from './gadget.ts'
import type { NewGadget } from './gadget-input.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'

type Tx = Prisma.TransactionClient

async function isKnown(tx: Tx, productId: string): Promise<boolean> {
  const product = await tx.knownProduct.findFirst({ where: { productId, status: { not: 'DRAFT' } } })
  return product !== null
}

/** Locks and reads a gadget. Concurrent changes of one gadget wait for each other. */
async function lock(tx: Tx, id: string): Promise<Gadget | null> {
  await tx.$executeRaw`SELECT 1 FROM gadget WHERE id = ${id} FOR UPDATE`
  return tx.gadget.findFirst({ where: { id } })
}

/** Selects the rows after a cursor, newest first. @throws GraphQLError BAD_USER_INPUT for an invalid cursor */
function afterCursor({ after }: Page): Prisma.GadgetWhereInput {
  const last = readInstantCursor(after, 'gdt')
  if (!last) return {}
  const { at, id } = last
  // The second condition implies the first. PostgreSQL needs the first to start the index scan at the cursor.
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] }
}

/** The transactions of gadgets: lock, load, decide, save, publish. */
export function gadgetStore(prisma: PrismaClient, clock: Clock) {
  async function insert(
    tx: Tx,
    customerId: string,
    { productId, content }: NewGadget,
  ): Promise<Decision<string, ValidationError>> {
    if (!(await isKnown(tx, productId))) return refuse(notFound('product', productId, ['productId']))
    const gadget = create({ id: newId('gdt'), customerId, productId }, content, clock())
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
        where: { customerId, ...afterCursor(page) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.first + 1,
      }),

    countOf: (customerId: string): Promise<number> => prisma.gadget.count({ where: { customerId } }),

    /** Creates a gadget, once per idempotency key. Accepts its id. */
    create(
      customerId: string,
      input: NewGadget,
    ): Promise<Decision<string, IdempotencyKeyReusedError | ValidationError>> {
      const { idempotencyKey: key } = input
      const claim = { principal: customerId, mutation: 'createGadget', key, request: input }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, customerId, input)))
    },

    /** Locks a gadget and saves the state that `decide` accepts. */
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
