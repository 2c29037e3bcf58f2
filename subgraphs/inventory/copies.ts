import { copyApplied } from '@argyle/kit/copies'
import type { TransactionOf } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema, newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import { z } from 'zod'
import type { PrismaClient } from './generated/prisma/client.ts'

type Tx = TransactionOf<PrismaClient>

const productChanged = z.object({ variants: z.array(z.object({ variantId: idSchema('var') })) })

/**
 * products.product.changed: the existing variants. Each new one gets an empty stock level in the warehouses
 * that stock new variants. Variants are never removed, so the order of the messages does not matter.
 */
export async function rememberVariants(message: Envelope, tx: Tx): Promise<void> {
  const { variants } = productChanged.parse(message.data)
  await addVariants(
    tx,
    variants.map(({ variantId }) => variantId),
  )
  await appendEvents(tx, [copyApplied('inventory.product.applied', message)])
}

async function addVariants(tx: Tx, variantIds: readonly string[]): Promise<void> {
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
