import { newId } from '@argyle/kit/ids'
import type { EvaluationStore } from '../segment/evaluation.ts'
import type { RfmStore } from '../segment/rfm.ts'
import { aMarketer, type OpenSupport } from './open-support.ts'

/** A valid input of `createSegment`; `but` replaces some of its fields. */
export function aSegment(but: object = {}) {
  return {
    idempotencyKey: newId('key'),
    name: newId('key'),
    description: 'Ordered twice.\nOr more.',
    all: [{ fact: 'ORDERS', atLeast: '2' }],
    ...but,
  }
}

const amount = (minor: number, currencyCode: string) => ({ amountMinor: String(minor), currencyCode })

type Sold = {
  readonly orderId?: string
  readonly daysAgo?: number
  readonly minor?: number
  readonly currency?: string
  readonly country?: string
  readonly productId?: string
  readonly status?: 'SOLD' | 'CANCELLED'
  readonly sequence?: number
  readonly refunded?: number
}

/** Segments of a support that a test has opened: customers by messages, evaluations as the timer makes them. */
export function segmentsOf(shop: OpenSupport) {
  // The resources are those of the definition.
  const { evaluations, rfm } = shop.resources as unknown as { evaluations: EvaluationStore; rfm: RfmStore }

  /** Delivers a message that was written at the time of the test's clock. */
  const deliverNow = (type: string, data: object, about: { subject: string; sequence?: number }) =>
    shop.deliver(type, data, { ...about, time: shop.passMinutes(0).toISOString() })

  return {
    deliverNow,

    /** Delivers the event of a new account. Resolves to its id. */
    async aCustomer(displayName = 'Ada', userId = newId('usr')): Promise<string> {
      await deliverNow('users.profile.updated', { userId, displayName }, { subject: userId })
      return userId
    },

    /** Delivers the event of a sale. Resolves to the order's id. */
    async aSale(customerId: string | null, but: Sold = {}): Promise<string> {
      const { orderId = newId('ord'), daysAgo = 0, minor = 1_000, currency = 'EUR', country = 'DE' } = but
      const { productId = newId('prd'), status = 'SOLD', sequence = 4, refunded } = but
      const placedAt = new Date(shop.passMinutes(0).getTime() - daysAgo * 86_400_000).toISOString()
      const data = {
        ...{ orderId, customerId, status, placedAt, countryCode: country },
        subtotal: amount(minor, currency),
        discount: amount(0, currency),
        lines: [{ productId }],
        refunds: refunded === undefined ? [] : [{ at: placedAt, amount: amount(refunded, currency) }],
      }
      await deliverNow('orders.sale.changed', data, { subject: orderId, sequence })
      return orderId
    },

    /** Runs the timers of segments. */
    async work() {
      for (const name of ['mark-buyers', 'evaluate-segments', 'finish-segments', 'refresh-scores'])
        await shop.runTimer(name)
      await shop.runTimer('evaluate-segments')
    },

    evaluations,
    rfm,

    /** Creates a segment and finds its members. Resolves to its id. */
    async aBuiltSegment(all: object[], name: string = newId('key')): Promise<string> {
      const { id } = await shop.accepted('createSegment', aSegment({ all, name }), aMarketer())
      await evaluations.finishSegments()
      return id
    },

    /** The number of rows of a segment's members. */
    async countOf(id: string): Promise<number> {
      const rows = await shop.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM segment_member WHERE segment_id = $1',
        id,
      )
      return rows[0]?.count ?? 0
    },

    /** Ids of the members of a segment, the newest first. */
    async membersOf(id: string): Promise<string[]> {
      const query = `query ($id: ID!) { segment(id: $id) { size members(first: 100) { edges { node { user { id } } } } } }`
      const { data } = await shop.execute(query, { id }, aMarketer())
      const ids = data.segment.members.edges.map(
        (edge: { node: { user: { id: string } } }) => edge.node.user.id,
      )
      if (data.segment.size !== ids.length) throw new Error(`size is ${data.segment.size}, not ${ids.length}`)
      return ids
    },

    /** Segments and facts of a customer, as staff see them. */
    async shownOf(userId: string, viewer = aMarketer()) {
      const fields = `segments { segment { id name } since reasons { fact text } }
        purchaseProfile { orderCount firstOrderAt lastOrderAt countryCode spent { amount currencyCode }
          recencyScore frequencyScore monetaryScore acceptsCampaigns }`
      const query = `query ($user: _Any!) { _entities(representations: [$user]) { ... on User { ${fields} } } }`
      const { data, errors } = await shop.execute(query, { user: { __typename: 'User', id: userId } }, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data._entities[0]
    },
  }
}
