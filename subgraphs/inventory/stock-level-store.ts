import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { idSchema, newId } from '@argyle/kit/ids'
import {
  echo,
  type IdempotencyKeyReusedError,
  idempotencyKeySchema,
  notFound,
  type ValidationError,
  validate,
  validationError,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { PrismaClient } from './generated/prisma/client.ts'
import { MOST_UNITS, type StockLevel } from './stock-level.ts'
import { stockLevelById } from './stock-reader.ts'

const newStockLevelSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  variantId: idSchema('var'),
  warehouseId: idSchema('whs'),
  reorderPoint: z.int().min(0).max(MOST_UNITS),
})

type NewStockLevel = z.output<typeof newStockLevelSchema>

async function insert(
  tx: TransactionOf<PrismaClient>,
  { variantId, warehouseId, reorderPoint }: NewStockLevel,
  { actorId, at }: { actorId: string; at: Date },
): Promise<Decision<string, ValidationError>> {
  const variant = await tx.variant.count({ where: { id: variantId } })
  if (variant === 0) return refuse(notFound('variant', variantId, ['variantId']))
  const warehouse = await tx.warehouse.count({ where: { id: warehouseId } })
  if (warehouse === 0) return refuse(notFound('warehouse', warehouseId, ['warehouseId']))
  const data = { id: newId('stk'), variantId, warehouseId, reorderPoint }
  const { count } = await tx.stockLevel.createMany({ data, skipDuplicates: true })
  if (count === 0) {
    const held = `warehouseId is ${echo(warehouseId)}: allowed is a warehouse that does not hold the variant yet`
    return refuse(validationError(held, ['warehouseId']))
  }
  const action = 'createStockLevel'
  await recordChange(tx, { actorId, action, subjectId: data.id, before: null, after: data, at })
  return accept(data.id)
}

/** Lets a warehouse hold a variant, beginning with nothing; once per idempotency key. */
export async function createStockLevel(
  { prisma, clock }: { readonly prisma: PrismaClient; readonly clock: Clock },
  actorId: string,
  input: unknown,
): Promise<Decision<StockLevel, ValidationError | IdempotencyKeyReusedError>> {
  const request = validate(newStockLevelSchema, input)
  if (!request.ok) return request
  const key = request.value.idempotencyKey
  const claim = { principal: actorId, mutation: 'createStockLevel', key, request: input }
  const act = { actorId, at: clock() }
  const decision = await prisma.$transaction((tx) =>
    idempotent(tx, claim, () => insert(tx, request.value, act)),
  )
  return decision.ok ? accept(await stockLevelById(prisma, decision.value)) : decision
}
