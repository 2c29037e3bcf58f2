import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { deriveNeighbours, type Source } from '../neighbours.ts'
import { type Resources, recommendations } from '../subgraph.ts'
import { deliverProducts, placed } from './deliver-messages.ts'

const LIST = 'product { id } reason score'

export type Shown = {
  readonly product: { readonly id: string }
  readonly reason: string
  readonly score: number
}

/** The subgraph on its own database, with helpers for its tests and a clock that they move. */
export async function openRecommendations(options: Pick<TestOptions, 'database'> = {}) {
  let now = new Date()
  const subgraph = await testSubgraph(recommendations, { ...options, clock: () => now })
  // The subgraph's definition has opened them.
  const own = subgraph.resources as unknown as Resources

  return {
    ...subgraph,
    own,
    now: () => now,

    pass(ms: number) {
      now = new Date(now.getTime() + ms)
    },

    sql: <Row>(statement: string, ...values: unknown[]) =>
      own.prisma.$queryRawUnsafe<Row[]>(statement, ...values),

    /** New products, on sale and in stock. */
    async products(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => newId('prd'))
      await deliverProducts(own.prisma, ids)
      return ids
    },

    /** Delivers an order and returns its id. `customerId` null: a guest's. */
    async order(
      customerId: string | null,
      productIds: readonly string[],
      { orderId = newId('ord'), at = now }: { orderId?: string; at?: Date } = {},
    ): Promise<string> {
      const { data } = placed({ orderId, customerId, at, productIds })
      await subgraph.deliver('orders.order.placed', data, { subject: orderId, time: at.toISOString() })
      return orderId
    },

    cancel: (orderId: string) =>
      subgraph.deliver('orders.order.cancelled', { orderId }, { subject: orderId, sequence: 2 }),

    claim: (orderId: string, customerId: string) =>
      subgraph.deliver('orders.order.claimed', { orderId, customerId }, { subject: orderId, sequence: 2 }),

    /** Does what a timer does. @returns the number of derived products */
    derive: (source: Source = 'PURCHASE') => deriveNeighbours(own.prisma, source, now),

    /** @throws Error for a response with errors */
    async related(productId: string, first: number | null = 50, viewer?: Viewer): Promise<Shown[]> {
      const query = `query ($all: [_Any!]!, $first: Int) {
        _entities(representations: $all) { ... on Product { related(first: $first) { ${LIST} } } } }`
      const all = [{ __typename: 'Product', id: productId }]
      const { data, errors } = await subgraph.execute(query, { all, first }, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data._entities[0].related
    },

    /** The complete response, since tests check its errors. */
    recommended(userId: string, first: number | null = 50, viewer: Viewer = customer(userId)) {
      const query = `query ($all: [_Any!]!, $first: Int) {
        _entities(representations: $all) { ... on User { recommendations(first: $first) { ${LIST} } } } }`
      return subgraph.execute(query, { all: [{ __typename: 'User', id: userId }], first }, viewer)
    },

    async view(input: object, clientAddress = '192.0.2.1') {
      const query = `mutation ($input: RecordViewInput!) {
        recordView(input: $input) { isRecorded userErrors { __typename ... on UserError { message path } } } }`
      return subgraph.execute(query, { input }, undefined, { clientAddress })
    },
  }
}

export type OpenRecommendations = Awaited<ReturnType<typeof openRecommendations>>
