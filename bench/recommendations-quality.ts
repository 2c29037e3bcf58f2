import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPrisma } from '@argyle/kit/database'
import { drawsOf } from '@argyle/kit/draws'
import { deployMigrations } from '@argyle/kit/migrations'
import { PrismaClient } from '@argyle/recommendations/generated/prisma/client'
import { madeSales } from '@argyle/recommendations/testing/made-sales'
import { leaveOneOut, type Qualities, type Sales } from '@argyle/recommendations/testing/quality'
import { startPostgres } from '../dev/postgres/start-postgres.ts'
import { bench, type Report } from './bench.ts'
import type { Life } from './life.ts'
import { measureRebuild, type Rebuild } from './recommendations/rebuild.ts'
import { seedSales } from './recommendations/seed-sales.ts'
import { temporaryFolder } from './shop/bench-shop.ts'

const DAY_MS = 86_400_000
const MIGRATIONS = fileURLToPath(new URL('../prisma/recommendations/migrations', import.meta.url))
/** Hit rate of recommendations, in hit rates of what sells. */
const GOAL = 2

type Judged = { readonly name: string; readonly hasGoal: boolean; readonly qualities: Qualities }

export const recommendationsQuality = bench({
  name: 'recommendations-quality',
  measures:
    'hit rate@10 and MRR of held-out purchases, against what sells and against chance, over the orders of the last month of the seed and of sales with a known structure; fails below twice the hit rate of what sells, and below it without structure; events/s, and ms to derive all lists',
  options: {
    seed: { meaning: 'of the demo shop and of the made sales', default: 1, min: 1, max: 1_000 },
    days: { meaning: 'days whose orders are held out', default: 30, min: 1, max: 100 },
  },
  async run({ seed, days }, life): Promise<Report> {
    const now = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS)
    const cutoff = new Date(now.getTime() - days * DAY_MS)
    const openNew = await databasesOf(life)
    const sets = [
      { name: 'seed', hasGoal: true, sales: seedSales({ seed, size: 'demo', today: now.getTime() }) },
      { name: 'known groups', hasGoal: true, sales: madeSales({ seed, now, loyalty: 0.85 }) },
      { name: 'no structure', hasGoal: false, sales: madeSales({ seed, now, loyalty: 0 }) },
    ] as const
    const judge = (sales: Sales, name: string) =>
      openNew(name, (prisma) => leaveOneOut(prisma, sales, cutoff, drawsOf(seed)))
    const rebuild = await openNew('rebuild', (prisma) => measureRebuild(prisma, sets[0].sales))
    const judged: Judged[] = []
    for (const { sales, ...set } of sets) {
      life.say(
        `asking about ${set.name}: ${sales.orders.length} orders of ${sales.productIds.length} products`,
      )
      judged.push({ ...set, qualities: await judge(sales, set.name) })
    }
    return reportOf(judged, rebuild)
  },
})

/** A PostgreSQL, with a new database for each work. */
async function databasesOf(life: Life) {
  const folder = temporaryFolder(life)
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durability: 'scratch' })
  life.own(() => postgres.stop())
  return async <T>(name: string, work: (prisma: PrismaClient) => Promise<T>): Promise<T> => {
    const url = await postgres.ensureDatabase(`recommendations_${name.replaceAll(' ', '_')}`)
    await deployMigrations(MIGRATIONS, url)
    const prisma = openPrisma(PrismaClient, { url })
    try {
      return await work(prisma)
    } finally {
      await prisma.$disconnect()
    }
  }
}

const METHODS = ['recommended', 'popular', 'random'] as const

export function reportOf(judged: readonly Judged[], rebuild: Rebuild): Report {
  const ratioOf = ({ recommended, popular }: Qualities) => recommended.hitRate / popular.hitRate
  const low = judged.filter(({ hasGoal, qualities }) => !(ratioOf(qualities) >= (hasGoal ? GOAL : 1)))
  return {
    tables: [
      {
        title: 'Quality of User.recommendations(first: 10)',
        head: ['orders', 'method', 'held out', 'hit rate@10', 'MRR@10', 'hits of popular'],
        rows: judged.flatMap(({ name, qualities }) =>
          METHODS.map((method) => [
            name,
            method,
            qualities.asked,
            qualities[method].hitRate.toFixed(3),
            qualities[method].mrr.toFixed(3),
            `${(qualities[method].hitRate / qualities.popular.hitRate).toFixed(2)} ×`,
          ]),
        ),
      },
      {
        title: 'A new database, by the events of the seed',
        head: ['events', 'events/s', 'orders/s one by one', 'lists', 'ms to derive them'],
        rows: [
          [
            rebuild.events,
            Math.round(rebuild.eventsPerSecond),
            Math.round(rebuild.singlePerSecond),
            rebuild.lists,
            Math.round(rebuild.deriveMs),
          ],
        ],
      },
    ],
    notes: [
      'Each product of an order that is new to its buyer is held out in turn; all methods leave out what the buyer has. The subgraph is told only what was before.',
      'Without structure there is nothing to find but what sells.',
    ],
    data: { judged, rebuild },
    ...(low.length > 0 && {
      failure: `below ${GOAL} × popular, or popular without structure: ${low.map(({ name }) => name).join(', ')}`,
    }),
  }
}
