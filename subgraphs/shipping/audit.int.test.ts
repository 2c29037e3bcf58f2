import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMethod, aZone, EUR, keeper, newIdempotencyKey } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())

const step = (id: string, expectedVersion = 1) => ({ id, expectedVersion })

/** Input for the return of an order that has arrived, a guest's by default. */
async function aReturn(customerId: string | null = null) {
  const { orderId, parcels } = await post.anOrder(1, 'Ada Lovelace', { customerId })
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(orderId)
  await post.move(shipment?.labelId ?? null, 9)
  const orderLineId = parcels[0]?.lines[0]?.orderLineId
  const input = { ...newIdempotencyKey(), orderId, lines: [{ orderLineId, quantity: 1 }] }
  return { orderLineId, input }
}
async function aMadeReturn() {
  const { orderLineId, input } = await aReturn()
  const { id } = (await post.accepted('requestReturn', input)).return
  const lines = [{ orderLineId, quantity: 1, receivedQuantity: null, restock: null }]
  const moved = (before: object, after: object) => [
    { subjectId: id, before: { lines, ...before }, after: { lines, ...after } },
  ]
  return { id, orderLineId, lines, moved }
}
const REQUESTED = { status: 'REQUESTED', version: 1 }

testAuditedMutations(
  new URL('schema.graphql', import.meta.url),
  () => post,
  (name, input, viewer) => post.mutate(name, input, viewer),
  {
    async createShippingZone() {
      const { name, ...input } = aZone({ areas: [{ countryCode: 'PT' }] })
      const after = { name, areas: [{ countryCode: 'PT' }], version: 1 }
      return {
        viewer: keeper,
        input: { ...input, name },
        entries: [{ subjectId: null, before: null, after }],
      }
    },
    async updateShippingZone(time) {
      const [from, to] = time === 1 ? ['ES', 'AD'] : ['SE', 'NO']
      const { zone } = await post.accepted('createShippingZone', aZone({ areas: [{ countryCode: from }] }))
      const name = `Of ${to}`
      const input = { ...step(zone.id), name, areas: [{ countryCode: to }] }
      const before = { name: zone.name, areas: [{ countryCode: from }], version: 1 }
      const after = { name, areas: [{ countryCode: to }], version: 2 }
      return { viewer: keeper, input, entries: [{ subjectId: zone.id, before, after }] }
    },
    async createShippingMethod() {
      const { service, ...input } = aMethod({ service: 'Logged' })
      const after = { service, active: true, version: 1 }
      return {
        viewer: keeper,
        input: { ...input, service },
        entries: [{ subjectId: null, before: null, after }],
      }
    },
    async updateShippingMethod(time) {
      const service = `Ended ${time}`
      const { method } = await post.accepted('createShippingMethod', aMethod({ service }))
      const before = { service, active: true, version: 1 }
      return {
        viewer: keeper,
        input: { ...step(method.id), active: false },
        entries: [{ subjectId: method.id, before, after: { ...before, active: false, version: 2 } }],
      }
    },
    async createShippingRate() {
      const { zoneId, methodId } = await post.aRate()
      const input = { zoneId, methodId, upToGrams: 2_000, estimatedDays: 3 }
      const after = { ...input, price: { minor: '600', currency: 'EUR' }, version: 1 }
      return {
        viewer: keeper,
        input: { ...newIdempotencyKey(), ...input, price: EUR('6.00') },
        entries: [{ subjectId: null, before: null, after }],
      }
    },
    async updateShippingRate(time) {
      const countryCode = time === 1 ? 'IE' : 'IT'
      const { zoneId, methodId } = await post.aRate({ areas: [{ countryCode }] })
      const input = { ...newIdempotencyKey(), zoneId, methodId, upToGrams: 3_000, estimatedDays: 3 }
      const { rate } = await post.accepted('createShippingRate', { ...input, price: EUR('6.00') })
      return {
        viewer: keeper,
        input: { ...step(rate.id), amount: '7.00', estimatedDays: 2 },
        entries: [
          {
            subjectId: rate.id,
            before: { price: { minor: '600' }, estimatedDays: 3, version: 1 },
            after: { price: { minor: '700' }, estimatedDays: 2, version: 2 },
          },
        ],
      }
    },
    async requestReturn() {
      const { orderLineId, input } = await aReturn()
      const lines = [{ orderLineId, quantity: 1, receivedQuantity: null, restock: null }]
      return {
        viewer: keeper,
        input,
        entries: [{ subjectId: null, before: null, after: { ...REQUESTED, lines } }],
      }
    },
    async cancelReturn() {
      const { id, moved } = await aMadeReturn()
      return {
        viewer: keeper,
        input: step(id),
        entries: moved(REQUESTED, { status: 'CANCELLED', version: 2 }),
      }
    },
    async approveReturn() {
      const { id, moved } = await aMadeReturn()
      return {
        viewer: keeper,
        input: step(id),
        entries: moved(REQUESTED, { status: 'APPROVED', version: 2 }),
      }
    },
    async rejectReturn() {
      const { id, moved } = await aMadeReturn()
      const input = { ...step(id), rejection: 'Worn.' }
      return { viewer: keeper, input, entries: moved(REQUESTED, { status: 'REJECTED', version: 2 }) }
    },
    async receiveReturn() {
      const { id, orderLineId, moved } = await aMadeReturn()
      await post.accepted('approveReturn', step(id))
      const received = [{ orderLineId, quantity: 1, receivedQuantity: 1, restock: true }]
      return {
        viewer: keeper,
        input: { ...step(id, 2), lines: [{ orderLineId, quantity: 1, restock: true }] },
        entries: moved(
          { status: 'APPROVED', version: 2 },
          { status: 'RECEIVED', version: 3, lines: received },
        ),
      }
    },
  },
)

test('a customer’s request of a return, and its cancellation, are not in the audit log', async () => {
  const customerId = newId('usr')
  const { input } = await aReturn(customerId)
  const { id } = (await post.accepted('requestReturn', input, customer(customerId))).return
  await post.accepted('cancelReturn', step(id), customer(customerId))
  expect(await post.resources.prisma.auditEntry.count({ where: { subjectId: id } })).toBe(0)
})
