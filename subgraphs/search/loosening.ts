import { MAX_SCANNED } from './bounds.ts'
import { conditions, type Part, partsOf, type Wish, withoutPart } from './conditions.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'

/** A part of a search that can be omitted. */
export type Loosening = { readonly kind: 'TERM' | 'FILTER'; readonly name: string; readonly count: number }

type Try = { readonly kind: Loosening['kind']; readonly name: string; readonly wish: Wish }

const FIELDS: Readonly<Record<Exclude<Part, `attribute:${string}`>, string>> = {
  category: 'categoryIds',
  price: 'minPrice, maxPrice',
  rating: 'minRating',
  stock: 'inStockOnly',
}

function nameOf(part: Part): string {
  return part.startsWith('attribute:') ? part.slice('attribute:'.length) : FIELDS[part as keyof typeof FIELDS]
}

/** The searches that omit one part each. A search with a single term cannot omit it. */
export function triesOf(wish: Wish): Try[] {
  const { groups, filter } = wish
  const terms = groups.map(({ said }, place): Try => {
    return {
      kind: 'TERM',
      name: said,
      wish: { ...wish, groups: groups.filter((_, other) => other !== place) },
    }
  })
  const parts = partsOf(filter).map((part): Try => {
    return { kind: 'FILTER', name: nameOf(part), wish: { ...wish, filter: withoutPart(filter, part) } }
  })
  return [...(groups.length > 1 ? terms : []), ...parts]
}

/** The parts without which the search has results, those with most results first. */
export async function loosenings(prisma: PrismaClient, wish: Wish): Promise<Loosening[]> {
  const tries = triesOf(wish)
  if (tries.length === 0) return []
  const counts = tries.map(
    ({ wish: loose }, place) => Prisma.sql`
      SELECT ${place}::int AS place, count(*)::int AS count
        FROM (SELECT FROM listing l WHERE ${conditions(loose)} LIMIT ${MAX_SCANNED}) AS found`,
  )
  const rows = await prisma.$queryRaw<{ place: number; count: number }[]>(Prisma.join(counts, ' UNION ALL '))
  return rows
    .flatMap(({ place, count }) => {
      const one = tries[place]
      return one && count > 0 ? [{ kind: one.kind, name: one.name, count }] : []
    })
    .toSorted((a, b) => b.count - a.count)
}
