import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { availabilityChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { AvailabilityStatus } from './generated/prisma/enums.ts'
import { stockCounts } from './stock-count.ts'

type Row = {
  readonly id: string
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
  readonly sequence: number
  readonly asOf: Date
}

/** The current published stock of each variant, by id. Variants that never had any were never published. */
async function availabilities(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT id, availability_status::text AS status, available_quantity AS "availableQuantity",
           availability_sequence AS sequence, available_as_of AS "asOf"
      FROM variant
     WHERE id > ${after ?? ''} AND availability_sequence > 0
       AND (${since}::timestamptz IS NULL OR available_as_of >= ${since}::timestamptz)
     ORDER BY id LIMIT ${limit}`
  return rows.map(({ id, sequence, asOf, ...stock }) => ({
    event: availabilityChanged(id, sequence, stock),
    time: asOf,
    cursor: id,
  }))
}

type Part = typeof availabilities

/** The consumer that counts stock. It stores no availabilities, of which there is one for each variant. */
const COUNTS_STOCK = 'analytics'

const availabilitiesOf: Part = async (source, page) =>
  page.recipient === COUNTS_STOCK ? [] : availabilities(source, page)
const countsOf: Part = async (source, page) =>
  page.recipient === COUNTS_STOCK ? stockCounts(source, page) : []

/** The events that inventory replays from its tables. */
export const history = [availabilitiesOf, countsOf]
