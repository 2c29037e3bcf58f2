import { hashOf } from '@argyle/kit/hashed-secret'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { aMethod, aZone, EUR } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())

const keepers = [staff('shipping:read', 'shipping:write'), staff('shipping:read', 'shipping:write')] as const

/** An order of one parcel that has arrived. */
async function delivered(but: object) {
  const { orderId, customerId, parcels } = await post.anOrder(1, 'Ada Lovelace', but)
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(orderId)
  await post.move(shipment?.labelId ?? null, 9)
  return { orderId, customerId, orderLineId: parcels[0]?.lines[0]?.orderLineId }
}

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => post,
  (name, input, viewer) => post.mutate(name, input, viewer),
  {
    createShippingZone: async () => ({
      callers: keepers,
      input: aZone({ name: 'Hers', areas: [] }),
      other: aZone({ name: 'Hers', areas: [{ countryCode: 'PT' }] }),
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
    async createShippingRate(time) {
      const { zoneId, methodId } = await post.aRate({ areas: [{ countryCode: time === 1 ? 'FR' : 'ES' }] })
      const input = { zoneId, methodId, upToGrams: 2_000, price: EUR('6.00'), estimatedDays: 3 }
      return {
        callers: keepers,
        input,
        other: { ...input, estimatedDays: 4 },
        theirs: { ...input, upToGrams: 3_000 },
        effect: ({ rate }) => rate.id,
      }
    },
    async requestGuestReturn() {
      const proof = hashOf('a-secret')
      const [own, theirs] = [newId('ord'), newId('ord')]
      const order = await delivered({
        orderNumber: own,
        customerId: null,
        guestProofHash: hashOf(proof),
      })
      const other = await delivered({
        orderNumber: theirs,
        customerId: null,
        guestProofHash: hashOf(proof),
      })
      const ask = (number: string, orderLineId: string | undefined, quantity = 1) => ({
        number,
        secret: 'a-secret',
        lines: [{ orderLineId, quantity }],
      })
      return {
        callers: [anonymous, anonymous],
        input: ask(own, order.orderLineId),
        other: ask(own, order.orderLineId, 2),
        theirs: ask(theirs, other.orderLineId),
        effect: (payload) => payload.return.id,
      }
    },
    async requestReturn() {
      const { orderId, customerId, orderLineId } = await delivered({})
      return {
        callers: [customer(String(customerId)), keepers[0]],
        input: { orderId, lines: [{ orderLineId, quantity: 1 }] },
        other: { orderId, lines: [{ orderLineId, quantity: 2 }] },
        effect: (payload) => payload.return.id,
      }
    },
  },
)
