import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  echo,
  type IdempotencyKeyReusedError,
  type ValidationError,
  validate,
  validationError,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type NewWarehouse, newWarehouseSchema, type Warehouse } from './warehouse.ts'

const columns = { id: true, code: true, name: true, stocksNewVariants: true }

/** All warehouses, by code. */
export function allWarehouses(prisma: PrismaClient): Promise<Warehouse[]> {
  return prisma.warehouse.findMany({ select: columns, orderBy: { code: 'asc' } })
}

/** The warehouses with these ids, in any order. */
export function warehousesById(prisma: PrismaClient, ids: readonly string[]): Promise<Warehouse[]> {
  return prisma.warehouse.findMany({ select: columns, where: { id: { in: [...ids] } } })
}

async function insert(tx: TransactionOf<PrismaClient>, { code, name, stocksNewVariants }: NewWarehouse) {
  const data = { id: newId('whs'), code, name, stocksNewVariants }
  const { count } = await tx.warehouse.createMany({ data, skipDuplicates: true })
  if (count === 1) return accept(data.id)
  return refuse(
    validationError(`code is ${echo(code)}: allowed is one that no other warehouse has`, ['code']),
  )
}

/** Adds a warehouse, once per idempotency key. */
export async function createWarehouse(
  prisma: PrismaClient,
  actorId: string,
  input: unknown,
): Promise<Decision<Warehouse, ValidationError | IdempotencyKeyReusedError>> {
  const request = validate(newWarehouseSchema, input)
  if (!request.ok) return request
  const claim = {
    principal: actorId,
    mutation: 'createWarehouse',
    key: request.value.idempotencyKey,
    request: input,
  }
  const decision = await prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, request.value)))
  if (!decision.ok) return decision
  return accept(await prisma.warehouse.findUniqueOrThrow({ where: { id: decision.value }, select: columns }))
}
