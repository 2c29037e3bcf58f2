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

/** Adds a warehouse, once per idempotency key. */
export async function createWarehouse(
  { prisma, clock }: { readonly prisma: PrismaClient; readonly clock: Clock },
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
  const act = { actorId, at: clock() }
  const decision = await prisma.$transaction((tx) =>
    idempotent(tx, claim, () => insert(tx, request.value, act)),
  )
  if (!decision.ok) return decision
  return accept(await prisma.warehouse.findUniqueOrThrow({ where: { id: decision.value }, select: columns }))
}
