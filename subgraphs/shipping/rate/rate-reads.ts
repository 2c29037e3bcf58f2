// Tested in ../rates.int.test.ts: its statements need a database.

import type { TransactionOf } from '@argyle/kit/database'
import { type Currency, money } from '@argyle/kit/money'
import { type Destination, prefixesOf } from '../destination.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import type { Method, Rate, Speed, Zone } from './rate.ts'

type Reader = TransactionOf<PrismaClient>

const zoneColumns = {
  id: true,
  name: true,
  version: true,
  areas: {
    select: { countryCode: true, postalPrefix: true },
    orderBy: [{ countryCode: 'asc' }, { postalPrefix: 'asc' }],
  },
} as const satisfies Prisma.ZoneSelect

type ZoneRow = Prisma.ZoneGetPayload<{ select: typeof zoneColumns }>

function zoneOf({ areas, ...row }: ZoneRow): Zone {
  return {
    ...row,
    areas: areas.map(({ countryCode, postalPrefix }) => ({ countryCode, postalCodePrefix: postalPrefix })),
  }
}

const methodColumns = {
  id: true,
  carrier: true,
  service: true,
  speed: true,
  active: true,
  version: true,
} as const satisfies Prisma.MethodSelect

type RateRow = Prisma.RateGetPayload<object>

function rateOf({ priceMinor, currency, createdAt: _, ...row }: RateRow): Rate {
  // Only the inputs of staff write rates, and they allow no other currency.
  return { ...row, price: money(priceMinor, currency as Currency) }
}

/** An offer for a destination: a rate with its method. */
export type Offer = {
  readonly rateId: string
  readonly carrier: string
  readonly service: string
  readonly speed: Speed
  readonly priceMinor: bigint
  readonly estimatedDays: number
}

/** Reads of zones, methods and rates, one statement each. */
export function rateReads(prisma: Reader) {
  return {
    zones: async (): Promise<Zone[]> =>
      (await prisma.zone.findMany({ select: zoneColumns, orderBy: { name: 'asc' } })).map(zoneOf),

    async zone(id: string): Promise<Zone | null> {
      const row = await prisma.zone.findUnique({ where: { id }, select: zoneColumns })
      return row && zoneOf(row)
    },

    methods: (): Promise<Method[]> =>
      prisma.method.findMany({ select: methodColumns, orderBy: [{ carrier: 'asc' }, { service: 'asc' }] }),

    methodsById: (ids: readonly string[]): Promise<Method[]> =>
      prisma.method.findMany({ where: { id: { in: [...ids] } }, select: methodColumns }),

    async rate(id: string): Promise<Rate | null> {
      const row = await prisma.rate.findUnique({ where: { id } })
      return row && rateOf(row)
    },

    ratesOfZones: async (zoneIds: readonly string[]): Promise<Rate[]> =>
      (
        await prisma.rate.findMany({
          where: { zoneId: { in: [...zoneIds] } },
          orderBy: [{ methodId: 'asc' }, { currency: 'asc' }, { upToGrams: 'asc' }],
        })
      ).map(rateOf),

    /**
     * The offers for a destination, cheapest first. The zone is that of the area with the longest prefix of
     * the postal code. Of each method, the offer is the lightest rate that the weight fits.
     */
    offers: ({ country, postal }: Destination, currency: string, grams: number): Promise<Offer[]> =>
      prisma.$queryRaw<Offer[]>`
        WITH fitting AS (
          SELECT DISTINCT ON (rate.method_id) rate.id, rate.method_id, rate.price_minor, rate.estimated_days
            FROM rate
           WHERE rate.zone_id = (
                   SELECT zone_id FROM zone_area
                    WHERE country_code = ${country} AND postal_prefix = ANY(${prefixesOf(postal)}::text[])
                    ORDER BY char_length(postal_prefix) DESC LIMIT 1)
             AND rate.currency = ${currency} AND rate.up_to_grams >= ${grams}::int AND rate.active
           ORDER BY rate.method_id, rate.up_to_grams)
        SELECT fitting.id AS "rateId", method.carrier, method.service, method.speed::text AS speed,
               fitting.price_minor AS "priceMinor", fitting.estimated_days AS "estimatedDays"
          FROM fitting JOIN method ON method.id = fitting.method_id
         WHERE method.active
         ORDER BY fitting.price_minor, fitting.estimated_days, fitting.id`,
  }
}

export type RateReads = ReturnType<typeof rateReads>
