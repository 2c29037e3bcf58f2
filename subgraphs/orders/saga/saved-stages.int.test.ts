import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrders, type Shop, type TestBuyer } from '../testing/open-orders.ts'
import { FULL_ADDRESS, openTaxes, taxedOrder } from '../testing/taxed-order.ts'
import { GIVEN_UP } from './outstanding.ts'
import { placed, type Saga, type Stage, type Undo } from './saga.ts'
import { lockOrder } from './saga-rows.ts'
import { NO_SALE, type Parcel, type RefundClaim, type Sale } from './sale.ts'
import { type Progress, saveProgress } from './save-progress.ts'

const NOW = new Date('2026-11-21T09:00:00Z')
/** The total of the order in minor units. */
const TOTAL = 1_299
const METHOD = 'pmt_019aa5c2-8c00-7000-8000-0000000000e1'

let shop: Shop
let buyer: TestBuyer
let orderId: string
beforeAll(async () => {
  shop = await openOrders({ clock: () => NOW })
  buyer = await shop.addBuyer()
  await openTaxes(shop)
  orderId = await taxedOrder(shop, buyer, METHOD)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const minor = fc.bigInt(0n, BigInt(TOTAL))
const reason = fc.constantFrom('CUSTOMER_REQUEST' as const, 'PAYMENT_TIMEOUT' as const, 'FRAUD' as const)
const refundTry = fc.constantFrom(1, GIVEN_UP - 1, GIVEN_UP)
const reservationId = fc.constant('res_1')
const allocations = fc.subarray([
  { warehouseId: 'wrh_1', warehouseCode: 'LEI-1', variantId: 'var_1', quantity: 2 },
  { warehouseId: 'wrh_2', warehouseCode: 'OPO-1', variantId: 'var_1', quantity: 1 },
])
const parcel: fc.Arbitrary<Parcel> = fc.record({
  shipmentId: fc.constantFrom('shp_1', 'shp_2'),
  state: fc.constantFrom('PACKED', 'SENT', 'DELIVERED', 'FAILED'),
})
const claim: fc.Arbitrary<RefundClaim> = fc.record({
  id: fc.constantFrom('ret_1', 'ret_2', 'shp_1'),
  kind: fc.constantFrom('RETURN', 'PARCEL'),
  lines: fc.constant([{ orderLineId: 'oln_1', quantity: 1 }]),
  amountMinor: minor,
  refund: fc.constantFrom('OPEN', 'DONE'),
  refundTry,
  coveredMinor: minor,
  coveredBy: fc.array(fc.record({ refundId: fc.constantFrom('rfd_1', null), amountMinor: minor }), {
    maxLength: 2,
  }),
  reversals: fc.nat({ max: 2 }),
  restock: fc.constantFrom([], [{ variantId: 'var_1', quantity: 1, warehouseId: null }]),
  restocked: fc.boolean(),
})
const sale: fc.Arbitrary<Sale> = fc
  .record({
    sums: fc.tuple(minor, minor).map((both) => both.toSorted((a, b) => Number(a - b))),
    creditedMinor: minor,
    reversedMinor: minor,
    parcelCount: fc.nat({ max: 2 }),
    parcels: fc.uniqueArray(parcel, { selector: ({ shipmentId }) => shipmentId, maxLength: 2 }),
    claims: fc.oneof(fc.constant([]), fc.uniqueArray(claim, { selector: ({ id }) => id, maxLength: 3 })),
  })
  .map(({ sums: [refundedMinor = 0n, capturedMinor = 0n], creditedMinor, parcels, ...rest }) => ({
    ...rest,
    capturedMinor,
    refundedMinor,
    // The credit notes add up to the highest sum of refunds.
    creditedMinor: creditedMinor > refundedMinor ? creditedMinor : refundedMinor,
    parcels: parcels.toSorted((a, b) => (a.shipmentId < b.shipmentId ? -1 : 1)),
  }))
const UNDOS: readonly Undo[] = [
  { stock: 'RELEASE', payment: 'VOID' },
  { stock: 'RELEASE', payment: null },
  { stock: 'RESTOCK', payment: 'VOID' },
  { stock: 'RESTOCK', payment: 'REFUND' },
  { stock: 'RESTOCK', payment: null },
  { stock: null, payment: 'VOID' },
  { stock: null, payment: 'REFUND' },
]

/** Each member of the union, by its status and step. */
const STAGES: Readonly<Record<string, fc.Arbitrary<Stage>>> = {
  'PENDING RESERVING': fc.constant(placed.stage),
  'AWAITING_PAYMENT CHOOSING_PAYMENT or AUTHORIZING': fc.record({
    status: fc.constant('AWAITING_PAYMENT'),
    step: fc.constantFrom('CHOOSING_PAYMENT', 'AUTHORIZING'),
    reservationId,
    payUntil: fc.date({ min: NOW, max: new Date('2026-11-22T09:00:00Z'), noInvalidDate: true }),
  }),
  'PENDING or AWAITING_PAYMENT COMMITTING_STOCK': fc.record({
    status: fc.constantFrom('PENDING', 'AWAITING_PAYMENT'),
    step: fc.constant('COMMITTING_STOCK'),
    reservationId,
  }),
  'AWAITING_PAYMENT CAPTURING': fc.record({
    status: fc.constant('AWAITING_PAYMENT'),
    step: fc.constant('CAPTURING'),
    allocations,
  }),
  'CONFIRMED ARRANGING': fc.record({
    status: fc.constant('CONFIRMED'),
    step: fc.constant('ARRANGING'),
    allocations,
    sale,
  }),
  'FULFILLING or SHIPPED DELIVERING': fc.record({
    status: fc.constantFrom('FULFILLING', 'SHIPPED'),
    step: fc.constant('DELIVERING'),
    sale,
  }),
  'CONFIRMED, DELIVERED or REFUNDED DONE': fc.record({
    status: fc.constantFrom('CONFIRMED', 'DELIVERED', 'REFUNDED'),
    step: fc.constant('DONE'),
    sale,
  }),
  'CANCELLING RECALLING': fc.record({
    status: fc.constant('CANCELLING'),
    step: fc.constant('RECALLING'),
    cancelReason: reason,
    sale,
  }),
  ...Object.fromEntries(
    UNDOS.map((undo) => [
      `CANCELLING UNDOING with stock ${undo.stock} and payment ${undo.payment}`,
      fc.record({
        status: fc.constant('CANCELLING' as const),
        step: fc.constant('UNDOING' as const),
        cancelReason: reason,
        undo: fc.constant(undo),
        refundTry,
        sale,
      }),
    ]),
  ),
  'CANCELLED DONE': fc.record({
    status: fc.constant('CANCELLED'),
    step: fc.constant('DONE'),
    cancelReason: reason,
    sale,
  }),
}

const save = (progress: Partial<Progress>) =>
  shop.prisma.$transaction((tx) =>
    saveProgress(tx, orderId, {
      ...{ before: placed, after: placed, moves: [], steps: [], actor: 'shop', now: NOW },
      ...progress,
    }),
  )

test('a step is written once for a version, and again for the next one', async () => {
  for (const version of [1, 1, 2]) await save({ steps: [{ version, text: 'The payment was declined.' }] })
  const where = { orderId, text: 'The payment was declined.' }
  const steps = await shop.prisma.orderStep.findMany({ where, orderBy: { id: 'asc' } })
  expect(steps.map(({ version }) => version)).toEqual([1, 2])
})

class RolledBack extends Error {}

/**
 * The first saga as the one before the second. It has the parcels and claims of the second, with their own
 * states and amounts.
 */
function asBefore(first: Saga, { stage }: Saga): Saga {
  if (!('sale' in first.stage && 'sale' in stage)) return first
  const { parcels, claims, ...sums } = first.stage.sale
  const sale = {
    ...sums,
    parcels: stage.sale.parcels.map((parcel, index) => ({
      ...parcel,
      state: parcels[index]?.state ?? 'PACKED',
    })),
    // The kind, the lines and the units to restock of a claim do not change.
    claims: stage.sale.claims.map((claim, index) => {
      const { id, kind, lines, restock } = claim
      const known = claims[index]
      return known ? { ...known, id, kind, lines, restock } : claim
    }),
  }
  return { ...first, stage: { ...first.stage, sale } }
}

const INDEX_SCANS = ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']

/** Saves two sagas as the progress of the order that was placed, reads the second one back, and undoes all. */
async function readBack(first: Saga, after: Saga): Promise<Saga | undefined> {
  let found: Saga | undefined
  const save = shop.prisma.$transaction(async (tx) => {
    const more = { moves: [], steps: [], actor: 'shop', now: NOW } as const
    await saveProgress(tx, orderId, { before: placed, after: first, ...more })
    await saveProgress(tx, orderId, { before: first, after, ...more })
    // Without indexes, only ORDER BY determines the order of rows.
    await tx.$queryRaw`SELECT set_config(name, 'off', true) FROM unnest(${INDEX_SCANS}::text[]) AS name`
    found = (await lockOrder(tx, orderId))?.saga
    throw new RolledBack()
  })
  await expect(save).rejects.toThrow(RolledBack)
  return found
}

test('the claims of an order are in the order in which they were made, also after one has changed', async () => {
  const aClaim = (claimId: string, amountMinor: bigint): RefundClaim => ({
    ...{ id: claimId, kind: 'RETURN', lines: [{ orderLineId: 'oln_1', quantity: 1 }], amountMinor },
    ...{ refund: 'OPEN', refundTry: 1, coveredMinor: 0n, coveredBy: [] },
    ...{ reversals: 0, restock: [], restocked: false },
  })
  const claimed = (...claims: RefundClaim[]): Saga => {
    const sums = { ...NO_SALE, capturedMinor: BigInt(TOTAL) }
    const stage = { status: 'DELIVERED', step: 'DONE', sale: { ...sums, claims } } as const
    return { stage, version: 2, attempts: 1 }
  }
  const [first, second] = [aClaim('ret_2', 1n), aClaim('ret_1', 2n)]
  const before = claimed(first, second)
  const after = claimed({ ...first, refund: 'DONE' }, second)
  expect(await readBack(before, after)).toEqual(after)
})

test.each(Object.entries(STAGES))(
  '%s: the checks of the tables allow every saga of this stage, which is read back as it was',
  async (_, stage) => {
    const saga = fc.record({
      stage,
      version: fc.integer({ min: 1, max: 9 }),
      attempts: fc.integer({ min: 1, max: 9 }),
    })
    await fc.assert(
      fc.asyncProperty(saga, saga, async (first, after) => {
        expect(await readBack(asBefore(first, after), after)).toEqual(after)
      }),
      { numRuns: 60 },
    )
  },
)

test('the order of a saga is read as it was placed: each line with its discount and tax, shipping with its tax', async () => {
  const lines = await shop.prisma.orderLine.findMany({ where: { orderId }, orderBy: { position: 'asc' } })
  const [three, one] = lines.map(({ id, variantId }) => ({ id, variantId, weightGrams: 60 }))
  const locked = await shop.prisma.$transaction(async (tx) => {
    // Behind the other line and without indexes, only ORDER BY puts the first line first.
    await tx.$executeRaw`UPDATE order_line SET title = title WHERE order_id = ${orderId} AND position = 1`
    await tx.$queryRaw`SELECT set_config(name, 'off', true) FROM unnest(${INDEX_SCANS}::text[]) AS name`
    return lockOrder(tx, orderId)
  })
  expect(locked?.order).toMatchObject({
    ...{ id: orderId, customerId: buyer.id, email: null, guestSecretHash: null, withdrawn: false },
    ...{ totalMinor: 4_200n, currency: 'USD', paymentMethodId: METHOD, payLater: false },
    shipping: { rateId: 'rat_1', carrier: 'Puffin Post', service: 'Standard' },
    shippingPaidMinor: 600n,
    address: FULL_ADDRESS,
    lines: [
      { ...three, quantity: 3, paidMinor: 3_375n },
      { ...one, quantity: 1, paidMinor: 225n },
    ],
  })
})
