import type { PrismaClient } from './generated/prisma/client.ts'
import type { Availability } from './variant.ts'

/**
 * The published stock of these variants, in any order, without unknown ones. Every product page and card
 * needs it, so it is one lookup by primary key, with a constant SQL text that stays prepared.
 */
export function availabilityOf(prisma: PrismaClient, variantIds: readonly string[]): Promise<Availability[]> {
  return prisma.$queryRaw<Availability[]>`
    SELECT id AS "variantId", availability_status AS status, available_quantity AS "availableQuantity",
           available_as_of AS "asOf"
      FROM variant WHERE id = ANY(${variantIds}::text[])`
}
