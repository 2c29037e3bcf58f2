import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import type { TestDatabase } from '@argyle/kit/testing/database'
import { staff, testSubgraph } from '@argyle/kit/testing/subgraph'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { analytics } from '../subgraph.ts'
import { type ASale, saleData } from './a-sale.ts'

/** A viewer with the scopes of an analyst. */
export const analyst: Viewer = staff('analytics:read', 'analytics:write', 'inventory:read')

const SET_RATE = `mutation ($input: SetExchangeRateInput!) { setExchangeRate(input: $input) {
  exchangeRate { id currency validFrom unitsPerUsd version } userErrors { __typename ... on UserError { message path } } } }`

type Options = { readonly timeZone?: string; readonly clock?: () => Date; readonly database?: TestDatabase }

/** Opens the subgraph on a database of its own, with helpers for its tests. */
export async function openAnalytics({ timeZone = 'UTC', clock = () => new Date(), database }: Options = {}) {
  const settings = { SHOP_TIME_ZONE: timeZone }
  const subgraph = await testSubgraph(analytics, { settings, clock, ...(database && { database }) })
  // testSubgraph opened the definition of analytics.
  const prisma = subgraph.resources.prisma as PrismaClient

  return {
    ...subgraph,
    prisma,

    /** Runs an operation as an analyst. @throws Error if it has errors */
    async ask(query: string, variables: Record<string, unknown> = {}, viewer: Viewer = analyst) {
      const { data, errors } = await subgraph.execute(query, variables, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data
    },

    /** Delivers the state of a sale. Resolves to its order's id. */
    async sale(overrides: ASale = {}): Promise<string> {
      const { sequence = 2, ...rest } = overrides
      const data = saleData(rest)
      const about = { subject: data.orderId, sequence, time: data.placedAt }
      await subgraph.deliver('orders.sale.changed', data, about)
      return data.orderId
    },

    setRate: (input: object, viewer: Viewer = analyst) =>
      subgraph.execute(SET_RATE, { input: { idempotencyKey: newId('evt'), ...input } }, viewer),

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      prisma.$queryRawUnsafe<Row[]>(statement, ...values),
  }
}

export type OpenAnalytics = Awaited<ReturnType<typeof openAnalytics>>
