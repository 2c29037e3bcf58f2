import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { isAllClaimed, parcelClaim, returnClaim, shareOf } from './claims.ts'
import { outstanding } from './commands.ts'
import { decide } from './decide.ts'
import { evolve, saleOf } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { dueAt } from './outstanding.ts'
import { placed, type Saga, type SagaOrder } from './saga.ts'
import { NO_SALE, type Sale, withClaim } from './sale.ts'

const NOW = new Date('2026-11-21T09:00:00Z')

const anyOrder = fc
  .array(fc.record({ quantity: fc.integer({ min: 1, max: 9 }), paidMinor: fc.bigInt(0n, 5_000n) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((lines) => fc.tuple(fc.constant(lines), fc.bigInt(0n, 999n), fc.boolean()))
  .map(([lines, shippingPaidMinor, payLater]): SagaOrder => {
    const totalMinor = lines.reduce((sum, { paidMinor }) => sum + paidMinor, shippingPaidMinor)
    return aSagaOrder({
      totalMinor,
      shippingPaidMinor,
      paymentMethodId: totalMinor > 0n ? 'pmt_1' : null,
      payLater,
      lines: lines.map((line, index) => {
        return { ...line, id: `oln_${index}`, variantId: `var_${index}`, weightGrams: 60 }
      }),
    })
  })

/** Any input, plausible or not. */
function anyInput(order: SagaOrder): fc.Arbitrary<SagaInput> {
  const shipmentId = fc.constantFrom('shp_0', 'shp_1')
  const line = fc.record({
    orderLineId: fc.constantFrom('oln_0', 'oln_1', 'oln_9'),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  const returned = fc
    .tuple(line, fc.boolean())
    .map(([at, restock]) => ({ ...at, restock, variantId: 'var_0', warehouseId: null }))
  const about = { shipmentId, parcelCount: fc.constant(2) }
  const plain = [
    'StockReleased',
    'ReservationExpired',
    'PaymentAuthorized',
    'PaymentVoided',
    'PaymentChosen',
    'ShippingCancelled',
  ]
  const allocations = [{ warehouseId: 'w', warehouseCode: 'W', variantId: 'var_0', quantity: 1 }]
  return fc.oneof(
    // Each of these has a type and nothing else.
    fc.constantFrom(...plain.map((type) => ({ type }) as SagaInput)),
    fc.constantFrom<SagaInput>(
      { type: 'StockReserved', reservationId: 'res_1' },
      { type: 'StockRejected', shortages: [] },
      { type: 'StockCommitted', allocations },
      { type: 'PaymentCaptured', capturedMinor: order.totalMinor },
      { type: 'CaptureFailed', code: 'expired', message: 'no' },
      { type: 'PaymentDeclined', code: 'card_declined', message: 'no' },
      { type: 'ActionRequired', expiresAt: null },
      { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' },
      { type: 'TimedOut', now: NOW },
      { type: 'TimedOut', now: new Date(NOW.getTime() + 3_600_000) },
    ),
    fc.record({
      type: fc.constant('StockRestocked' as const),
      restockId: fc.constantFrom('cancel', 'ret_1'),
    }),
    fc.record({ type: fc.constantFrom('ShipmentCreated' as const, 'ShipmentDispatched' as const), ...about }),
    fc.record({ type: fc.constant('ShipmentDelivered' as const), ...about }),
    fc.record({
      type: fc.constant('ShipmentFailed' as const),
      ...about,
      lines: fc.array(line, { maxLength: 3 }),
    }),
    fc.record({ type: fc.constant('ShippingCancelRefused' as const), shipmentId }),
    fc.record({
      type: fc.constant('ReturnReceived' as const),
      returnId: fc.constantFrom('ret_1', 'ret_2'),
      lines: fc.array(returned, { maxLength: 3 }),
    }),
  )
}

const lifeOf = anyOrder.chain((order) =>
  fc.tuple(fc.constant(order), fc.array(anyInput(order), { maxLength: 40 })),
)

/** All sagas reached so far, with the inputs that led to them. */
function live(order: SagaOrder, inputs: readonly SagaInput[]): { saga: Saga; seen: Set<string> }[] {
  let saga = placed
  const seen = new Set<string>()
  return inputs.map((input) => {
    seen.add(input.type)
    const before = saga
    for (const event of decide(order, saga, input, NOW)) {
      const next = evolve(saga, event)
      const isMove = next.stage.status !== saga.stage.status
      expect(next.version).toBe(saga.version + (isMove ? 1 : 0))
      saga = next
    }
    expect(saga.version).toBeGreaterThanOrEqual(before.version)
    return { saga, seen: new Set(seen) }
  })
}

test('whatever news comes, in whatever order: paid and sold before confirmed, and never more back than was paid', () => {
  fc.assert(
    fc.property(lifeOf, ([order, inputs]) => {
      for (const { saga, seen } of live(order, inputs)) {
        const { status, step } = saga.stage
        const sale = saleOf(saga)
        if (['CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED'].includes(status)) {
          expect(seen.has('StockCommitted')).toBe(true)
          expect(sale.capturedMinor).toBe(order.totalMinor)
        }
        const claimed = sale.claims.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
        expect(claimed <= sale.capturedMinor).toBe(true)
        // Every saga that waits for an answer has a due time, so none waits forever.
        const isQuiet = step === 'DONE' || step === 'DELIVERING'
        if (!isQuiet) expect(dueAt(saga, NOW)).not.toBeNull()
        const isAsking = step !== 'CHOOSING_PAYMENT' && dueAt(saga, NOW) !== null
        expect(outstanding(order, saga).length > 0).toBe(isAsking)
      }
    }),
    { numRuns: 500 },
  )
})

/** The answers of fault-free participants to the outstanding commands. */
function goodAnswers(order: SagaOrder, saga: Saga): SagaInput[] {
  if (saga.stage.step === 'CHOOSING_PAYMENT') return [{ type: 'PaymentChosen' }]
  const all = outstanding(order, saga)
  return all.flatMap(({ type, data }): SagaInput[] => {
    switch (type) {
      case 'inventory.reserve':
        return [{ type: 'StockReserved', reservationId: 'res_1' }]
      case 'inventory.commit': {
        const allocations = [{ warehouseId: 'w', warehouseCode: 'W', variantId: 'var_0', quantity: 1 }]
        return [{ type: 'StockCommitted', allocations }]
      }
      case 'inventory.release':
        return [{ type: 'StockReleased' }]
      case 'inventory.restock':
        return [{ type: 'StockRestocked', restockId: String(data.restockId) }]
      case 'payments.authorize':
        return [{ type: 'PaymentAuthorized' }]
      case 'payments.capture':
        return [{ type: 'PaymentCaptured', capturedMinor: order.totalMinor }]
      case 'payments.void':
        return [{ type: 'PaymentVoided' }]
      case 'payments.refund': {
        // The amount of the command. All refunds here are the saga's own, one after the other.
        const { amountMinor } = data.amount as { amountMinor: string }
        const refundedMinor = saleOf(saga).refundedMinor + BigInt(amountMinor)
        return [
          {
            type: 'PaymentRefunded',
            refundId: String(data.refundId),
            amountMinor: BigInt(amountMinor),
            refundedMinor,
          },
        ]
      }
      case 'shipping.create':
        return [{ type: 'ShipmentCreated', shipmentId: 'shp_0', parcelCount: 1 }]
      default:
        return [{ type: 'ShippingCancelled' }]
    }
  })
}

test('once faults are over, every order comes to an end: nothing is outstanding after as many answers', () => {
  fc.assert(
    fc.property(lifeOf, ([order, inputs]) => {
      let saga = live(order, inputs).at(-1)?.saga ?? placed
      for (let rounds = 0; rounds < 20 && dueAt(saga, NOW) !== null; rounds++) {
        const [answer] = goodAnswers(order, saga)
        if (answer) saga = decide(order, saga, answer, NOW).reduce(evolve, saga)
      }
      expect(dueAt(saga, NOW)).toBeNull()
      const sale = saleOf(saga)
      expect(sale.refundedMinor <= sale.capturedMinor).toBe(true)
      if (saga.stage.status === 'CANCELLED') expect(sale.refundedMinor).toBe(sale.capturedMinor)
    }),
    { numRuns: 500 },
  )
})

test('the units of a line, paid back in whatever parts, come to exactly what was paid', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(parts, fc.bigInt(0n, 10n ** 15n), (units, paidMinor) => {
      const quantity = units.reduce((sum, count) => sum + count, 0)
      let before = 0
      const shares = units.map((count) => {
        const share = shareOf({ paidMinor, quantity }, before, count)
        before += count
        return share
      })
      expect(shares.every((share) => share >= 0n)).toBe(true)
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(paidMinor)
    }),
  )
})

test('whatever is claimed, no unit is paid back twice, and the whole order never costs more than it did', () => {
  const line = fc.record({
    orderLineId: fc.constantFrom('oln_0', 'oln_1', 'oln_2'),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  const claims = fc.array(fc.tuple(fc.boolean(), fc.array(line, { minLength: 1, maxLength: 4 })), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(anyOrder, claims, (order, wanted) => {
      let sale: Sale = { ...NO_SALE, capturedMinor: order.totalMinor }
      for (const [index, [isReturn, lines]] of wanted.entries()) {
        const returned = lines.map((at) => ({ ...at, restock: true, variantId: 'var_0', warehouseId: null }))
        const claim = isReturn
          ? returnClaim(order, sale, { returnId: `ret_${index}`, lines: returned })
          : parcelClaim(order, sale, { shipmentId: `shp_${index}`, lines })
        sale = withClaim(sale, claim)
      }
      const claimed = sale.claims.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
      const goods = order.lines.reduce((sum, { paidMinor }) => sum + paidMinor, 0n)
      const failedAlone = sale.claims.every(({ kind, lines }) => kind === 'PARCEL' || lines.length === 0)
      expect(claimed <= goods + (failedAlone ? order.shippingPaidMinor : 0n)).toBe(true)
      if (isAllClaimed(order, sale)) expect(claimed >= goods).toBe(true)
    }),
  )
})
