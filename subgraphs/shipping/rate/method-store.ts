import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import {
  type AuditedStore,
  type ChangeError,
  type CreateError,
  countBefore,
  type Kept,
  type Tx,
} from './audited-store.ts'
import { changed, type Method } from './rate.ts'
import { type CreateMethod, MAX_METHODS, type UpdateMethod } from './rate-input.ts'
import { rateReads } from './rate-reads.ts'

/** The statements that lock and save methods. */
export const keptMethods: Kept<Method> = {
  what: 'method',
  async lock(tx, id) {
    await tx.$queryRaw`SELECT 1 FROM method WHERE id = ${id} FOR UPDATE`
    return (await rateReads(tx).methodsById([id]))[0] ?? null
  },
  async save(tx, method) {
    const { id, active, version } = method
    await tx.method.updateMany({ where: { id }, data: { active, version } })
    return accept(method)
  },
}

async function make(
  tx: Tx,
  { carrier, service, speed }: CreateMethod,
  now: Date,
): Promise<Decision<Method, ValidationError>> {
  const full = await countBefore(tx, () => tx.method.count(), MAX_METHODS, 'methods')
  if (full) return refuse(full)
  const method: Method = { id: newId('smt'), carrier, service, speed, active: true, version: 1 }
  const written = await tx.method.createMany({ data: { ...method, createdAt: now }, skipDuplicates: true })
  if (written.count === 1) return accept(method)
  const message = `service is ${JSON.stringify(service)}: allowed is one that ${JSON.stringify(carrier)} does not have yet`
  return refuse(validationError(message, ['service']))
}

/** The transactions of shipping methods, which staff maintain. */
export function methodStore(prisma: PrismaClient, book: AuditedStore) {
  return {
    all: rateReads(prisma).methods,

    /** Creates a method, once per idempotency key. Accepts its id. */
    create(callerId: string, input: CreateMethod): Promise<Decision<string, CreateError>> {
      const request = { actorId: callerId, mutation: 'createShippingMethod' }
      return book.create(request, input, (tx, now) => make(tx, input, now))
    },

    update(
      callerId: string,
      { id, expectedVersion, active }: UpdateMethod,
    ): Promise<Decision<Method, ChangeError>> {
      const request = { actorId: callerId, mutation: 'updateShippingMethod' }
      return book.change(request, keptMethods, id, (method) => changed(method, expectedVersion, { active }))
    },
  }
}

export type MethodStore = ReturnType<typeof methodStore>
