import type { PrismaClient } from './generated/prisma/client.ts'
import type { Availability } from './variant.ts'

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
