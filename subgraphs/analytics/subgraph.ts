import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { deleteOldActivity } from './activity/activity-copies.ts'
import { type Forecasts, forecasts } from './forecast/forecasts.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { listens, listensToMany } from './listens.ts'
import { type AnalyticsLoaders, analyticsLoaders } from './loaders.ts'
import { type RateStore, rateStore } from './rate/rate-store.ts'
import { deriveDaySums } from './report/day-sums.ts'
import { resolvers } from './resolvers.ts'
import { deleteOldTerms } from './search-term/term-copies.ts'
import { analyticsSettings } from './settings.ts'

/** The resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly now: Clock
  /** The shop's time zone, in which days begin. */
  readonly timeZone: string
  readonly rates: RateStore
  readonly forecasts: Forecasts
}

/** The context of a resolver. */
export type Context = Resources & {
  readonly viewer: Viewer
  readonly load: AnalyticsLoaders
}

export const analytics = defineSubgraph({
  name: 'analytics',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: analyticsSettings,
  async open({ database, clock, config }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    return {
      prisma,
      now: clock,
      timeZone: config.SHOP_TIME_ZONE,
      rates: rateStore(prisma, clock),
      forecasts: forecasts(),
    }
  },
  context: (resources: Resources, { viewer }): Context => ({
    ...resources,
    viewer,
    load: analyticsLoaders(resources),
  }),
  listens,
  listensToMany,
  gathersMessages: true,
  timers: [
    {
      name: 'derive-day-sums',
      everyMs: 30_000,
      run: ({ prisma, timeZone, now }, stop) => deriveDaySums(prisma, { timeZone, now: now(), stop }),
    },
    {
      name: 'forget-activity',
      everyMs: 3_600_000,
      run: ({ prisma, now }) => deleteOldActivity(prisma, now()),
    },
    {
      name: 'forget-search-terms',
      everyMs: 3_600_000,
      run: ({ prisma, now }) => deleteOldTerms(prisma, now()),
    },
  ],
})
