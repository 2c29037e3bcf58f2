import { loadOne } from '@argyle/kit/loader'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { ProductReference } from './references.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function searchLoaders(prisma: PrismaClient) {
  return {
    listingById: loadOne(
      (ids: readonly string[]) => prisma.$queryRaw<ProductReference[]>`
        SELECT product_id AS id, title, slug FROM listing WHERE product_id = ANY(${[...ids]}::text[]) AND status = 'ACTIVE'`,
      ({ id }) => id,
    ),
  }
}

export type SearchLoaders = ReturnType<typeof searchLoaders>
