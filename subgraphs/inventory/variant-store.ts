import type { TransactionOf } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { Availability } from './variant.ts'

type Tx = TransactionOf<PrismaClient>

/**
 * Remembers the variants of a product, and gives each new one a stock level of nothing where new variants are stocked.
 * It only ever adds, so it does not matter in which order a product's messages come.
 */
export async function rememberVariants(tx: Tx, variantIds: readonly string[]): Promise<void> {
  const data = [...new Set(variantIds)].sort().map((id) => ({ id }))
  const added = await tx.variant.createManyAndReturn({ data, skipDuplicates: true, select: { id: true } })
  if (added.length === 0) return
  const warehouses = await tx.warehouse.findMany({
    where: { stocksNewVariants: true },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  await tx.stockLevel.createMany({
    data: added.flatMap((variant) =>
      warehouses.map((warehouse) => ({ id: newId('stk'), variantId: variant.id, warehouseId: warehouse.id })),
    ),
    skipDuplicates: true,
  })
}

/**
 * The public stock of these variants, in any order, without those that inventory does not know. Every product page and
 * every card of a list asks for it: one look-up by primary key, and one text however many ids, so it stays prepared.
 */
export function availabilityOf(prisma: PrismaClient, variantIds: readonly string[]): Promise<Availability[]> {
  return prisma.$queryRaw<Availability[]>`
    SELECT id AS "variantId", availability_status AS status, available_quantity AS "availableQuantity",
           available_as_of AS "asOf"
      FROM variant WHERE id = ANY(${variantIds}::text[])`
}
