import { loadMany } from '@argyle/kit/loader'
import type { PrismaClient, TaxRate } from '../generated/prisma/client.ts'

/** Loaders of one operation. */
export function taxLoaders(prisma: PrismaClient) {
  return {
    /** The rates of a country: those of the whole country first, then by region. */
    taxRatesByCountry: loadMany(
      (codes) =>
        prisma.taxRate.findMany({
          where: { countryCode: { in: [...codes] } },
          orderBy: [{ region: 'asc' }, { category: 'asc' }],
        }),
      (rate: TaxRate) => rate.countryCode,
    ),
  }
}
