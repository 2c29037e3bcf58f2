import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { categoryChanged, productChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { Product } from './product.ts'
import { PRODUCT_COLUMNS, productReads } from './product-reads.ts'

type Source = { readonly prisma: PrismaClient }

/** The tree, by the ids of its categories. */
async function categories({ prisma }: Source, { after, limit, since }: HistoryPage): Promise<PastEvent[]> {
  const rows = await prisma.category.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: categoryChanged(row), time: row.updatedAt, cursor: row.id }))
}

type DatedProduct = Product & { readonly updatedAt: Date }

/** The current state of each product, including drafts and archived ones, by id. */
async function products({ prisma }: Source, { after, limit, since }: HistoryPage): Promise<PastEvent[]> {
  const rows = await prisma.$queryRaw<DatedProduct[]>`
    SELECT ${PRODUCT_COLUMNS}, p.updated_at AS "updatedAt" FROM product p
     WHERE p.id > ${after ?? ''} AND (${since}::timestamptz IS NULL OR p.updated_at >= ${since}::timestamptz)
     ORDER BY p.id LIMIT ${limit}`
  const variants = await productReads(prisma, true).allVariantsOf(rows.map(({ id }) => id))
  const byProduct = Map.groupBy(variants, ({ productId }) => productId)
  return rows.map(({ updatedAt, ...product }) => ({
    event: productChanged({ ...product, variants: byProduct.get(product.id) ?? [] }),
    time: updatedAt,
    cursor: product.id,
  }))
}

/** The current catalogue: first the category tree, to which the products refer. */
export const history = [categories, products]
