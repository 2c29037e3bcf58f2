import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  echo,
  type IdempotencyKeyReusedError,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { Warehouse } from './warehouse.ts'
import type { NewWarehouse } from './warehouse-input.ts'

const columns = { id: true, code: true, name: true, stocksNewVariants: true }

/** The warehouses with these ids, in any order. */
export function warehousesById(prisma: PrismaClient, ids: readonly string[]): Promise<Warehouse[]> {
  return prisma.warehouse.findMany({ select: columns, where: { id: { in: [...ids] } } })
}

async function insert(
  tx: TransactionOf<PrismaClient>,
  { code, name, stocksNewVariants }: NewWarehouse,
  { actorId, at }: { actorId: string; at: Date },
): Promise<Decision<string, ValidationError>> {
  const data = { id: newId('whs'), code, name, stocksNewVariants }
  const { count } = await tx.warehouse.createMany({ data, skipDuplicates: true })
  if (count === 0) {
    const message = `code is ${echo(code)}: allowed is one that no other warehouse has`
    return refuse(validationError(message, ['code']))
  }
  const action = 'createWarehouse'
  await recordChange(tx, { actorId, action, subjectId: data.id, before: null, after: data, at })
  return accept(data.id)
}

/** The transactions of warehouses. */
export function warehouseStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** All warehouses, by code. */
    all: (): Promise<Warehouse[]> => prisma.warehouse.findMany({ select: columns, orderBy: { code: 'asc' } }),

    /** Creates a warehouse, once per idempotency key. */
    async create(
      actorId: string,
      input: NewWarehouse,
    ): Promise<Decision<Warehouse, ValidationError | IdempotencyKeyReusedError>> {
      const { idempotencyKey: key } = input
      const claim = { principal: actorId, mutation: 'createWarehouse', key, request: input }
      const act = { actorId, at: clock() }
      const decision = await prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, input, act)))
      if (!decision.ok) return decision
      const id = decision.value
      return accept(await prisma.warehouse.findUniqueOrThrow({ where: { id }, select: columns }))
    },
  }
}

export type WarehouseStore = ReturnType<typeof warehouseStore>
