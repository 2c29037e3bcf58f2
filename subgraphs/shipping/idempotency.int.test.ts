import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { type OpenPost, openPost } from './testing/open-post.ts'
import { aMethod, aZone, EUR } from './testing/open-shipping.ts'

let post: OpenPost
beforeAll(async () => {
  post = await openPost()
})
afterAll(() => post.close())

const keepers = [staff('shipping:read', 'shipping:write'), staff('shipping:read', 'shipping:write')] as const

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => post,
  (name, input, viewer) => post.mutate(name, input, viewer),
  {
    createShippingZone: async () => ({
      callers: keepers,
      input: aZone({ name: 'Hers', areas: [] }),
      other: aZone({ name: 'Hers', areas: [{ countryCode: 'FR' }] }),
      theirs: aZone({ name: 'His', areas: [] }),
      effect: ({ zone }) => zone.id,
    }),
    createShippingMethod: async () => ({
      callers: keepers,
      input: aMethod({ service: 'Hers' }),
      other: aMethod({ service: 'Other' }),
      theirs: aMethod({ service: 'His' }),
      effect: ({ method }) => method.id,
    }),
    async createShippingRate() {
      const { zoneId, methodId } = await post.aRate()
      const input = { zoneId, methodId, upToGrams: 2_000, price: EUR('6.00'), estimatedDays: 3 }
      return {
        callers: keepers,
        input,
        other: { ...input, estimatedDays: 4 },
        theirs: { ...input, upToGrams: 3_000 },
        effect: ({ rate }) => rate.id,
      }
    },
    async requestReturn() {
      const { orderId, customerId, parcels } = await post.anOrder()
      await post.courier.go()
      const [shipment] = await post.shipmentsOf(orderId)
      await post.move(shipment?.labelId ?? null, 9)
      const orderLineId = parcels[0]?.lines[0]?.orderLineId
      return {
        callers: [customer(String(customerId)), keepers[0]],
        input: { orderId, lines: [{ orderLineId, quantity: 1 }] },
        other: { orderId, lines: [{ orderLineId, quantity: 2 }] },
        effect: (payload) => payload.return.id,
      }
    },
  },
)
