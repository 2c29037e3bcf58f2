import { expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { describe } from './describe.ts'
import { placed, type Undo } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import type { RefundClaim } from './sale.ts'

const until = new Date('2026-11-21T09:12:00Z')
const began = (reason: 'OUT_OF_STOCK' | 'PAYMENT_DECLINED' | 'FRAUD' | 'ADDRESS_REMOVED', of: Undo) =>
  ({ type: 'CancellationBegan', reason, undo: of, because: null }) as const
const allocations = ['LEI-1', 'OPO-1', 'LEI-1'].map((warehouseCode) => {
  return { warehouseId: 'whs_1', warehouseCode, variantId: 'var_1', quantity: 1 }
})
const claim = (more: Partial<RefundClaim>): RefundClaim => ({
  ...{ id: 'ret_1', kind: 'RETURN', lines: [{ orderLineId: 'oln_1', quantity: 2 }], amountMinor: 450n },
  ...{ refund: 'OPEN', refundTry: 1, restock: [{ variantId: 'var_1', quantity: 1, warehouseId: 'whs_1' }] },
  ...{ restocked: false, coveredMinor: 0n, coveredBy: [], reversals: 0 },
  ...more,
})
const moved = (state: 'PACKED' | 'SENT' | 'DELIVERED' | 'FAILED', parcelCount = 1) =>
  ({ type: 'ParcelMoved', parcel: { shipmentId: 'shp_1', state }, parcelCount }) as const
const refused = { type: 'RefundRefused', code: 'closed', message: 'The card is closed' } as const

test.each<[string | null, SagaEvent]>([
  [
    'Stock is reserved. The payment is being authorized.',
    { type: 'StockHeld', reservationId: 'res_1', payUntil: until, payLater: false },
  ],
  [
    'Stock is reserved. The total is zero.',
    { type: 'StockHeld', reservationId: 'res_1', payUntil: null, payLater: false },
  ],
  ['The customer chose how to pay. The payment is being authorized.', { type: 'PaymentChosen', pays: true }],
  ['The total is zero. The stock is being allocated.', { type: 'PaymentChosen', pays: false }],
  [
    'The bank requires the customer to authenticate the payment by 2026-11-21T09:12:00.000Z.',
    { type: 'SecondStepAsked', expiresAt: until.toISOString() },
  ],
  [
    'The bank requires the customer to authenticate the payment.',
    { type: 'SecondStepAsked', expiresAt: null },
  ],
  ['The payment of 0.12 USD is authorized. The stock is being allocated.', { type: 'PaymentSecured' }],
  [
    'The stock is allocated from LEI-1 and OPO-1. The payment is being captured.',
    { type: 'StockTaken', allocations },
  ],
  ['The stock is allocated. The payment is being captured.', { type: 'StockTaken', allocations: [] }],
  [
    '0.12 USD was captured. Shipping is asked to create the parcels.',
    { type: 'OrderConfirmed', capturedMinor: 12n, allocations, ships: true },
  ],
  ['0.01 USD was captured.', { type: 'OrderConfirmed', capturedMinor: 1n, allocations, ships: false }],
  ['The stock is allocated.', { type: 'OrderConfirmed', capturedMinor: 0n, allocations, ships: false }],
  [
    'The order is being cancelled: there was not enough stock. The payment is being voided.',
    began('OUT_OF_STOCK', { stock: null, payment: 'VOID' }),
  ],
  [
    'The order is being cancelled: the payment was declined. The stock is being released.',
    began('PAYMENT_DECLINED', { stock: 'RELEASE', payment: null }),
  ],
  [
    'The order is being cancelled: the payment was declined as fraud. The units are being restocked and the payment is being refunded.',
    began('FRAUD', { stock: 'RESTOCK', payment: 'REFUND' }),
  ],
  [
    'The order is being cancelled: its shipping address was removed or changed before it was placed. The stock is being released.',
    began('ADDRESS_REMOVED', { stock: 'RELEASE', payment: null }),
  ],
  ['The stock is available again.', { type: 'UndoProgressed', undo: { stock: null, payment: 'VOID' } }],
  [
    'Nothing is left to void or refund.',
    { type: 'UndoProgressed', undo: { stock: 'RELEASE', payment: null } },
  ],
  [
    '0.12 USD was already captured. The payment is being refunded.',
    { type: 'VoidCameTooLate', undo: { stock: null, payment: 'REFUND' }, capturedMinor: 12n },
  ],
  [
    'The order is cancelled: the payment timed out. No stock is reserved and no refund is due.',
    { type: 'OrderCancelled', reason: 'PAYMENT_TIMEOUT' },
  ],
  [
    'The order is being cancelled: cancellation was requested. Shipping is asked to stop the parcels.',
    { type: 'RecallBegan', reason: 'CUSTOMER_REQUEST' },
  ],
  [
    'The order is being cancelled: its shipping address was removed or changed before it was placed. Shipping is asked to stop the parcels.',
    { type: 'RecallBegan', reason: 'ADDRESS_REMOVED' },
  ],
  [
    'The order can no longer be cancelled: parcel shp_1 has left.',
    { type: 'RecallRefused', shipmentId: 'shp_1' },
  ],
  [
    'The parcels were stopped. The units are being restocked.',
    { type: 'ParcelsHeldBack', undo: { stock: 'RESTOCK', payment: null } },
  ],
  ['Parcel shp_1 is being packed.', moved('PACKED')],
  ['Parcel shp_1 (one of 2) was shipped.', moved('SENT', 2)],
  ['Parcel shp_1 was delivered.', moved('DELIVERED')],
  ['Parcel shp_1 could not be delivered.', moved('FAILED')],
  [
    'Return ret_1 of 2 units was received. 4.50 USD is being refunded. 1 unit will be restocked.',
    { type: 'ClaimMade', claim: claim({}) },
  ],
  [
    'Parcel shp_1 with 2 units could not be delivered. Nothing is left to refund.',
    { type: 'ClaimMade', claim: claim({ id: 'shp_1', kind: 'PARCEL', amountMinor: 0n }) },
  ],
  [
    '4.50 USD was refunded for ret_1.',
    { type: 'ClaimRefunded', id: 'ret_1', amountMinor: 450n, by: null, refundedMinor: 500n },
  ],
  [
    '4.50 USD was refunded for ret_1 by refund rfk_1.',
    {
      ...{ type: 'ClaimRefunded', id: 'ret_1', amountMinor: 450n, refundedMinor: 500n },
      by: { refundId: 'rfk_1', amountMinor: 50n },
    },
  ],
  ['The units of ret_1 are back in stock.', { type: 'ClaimRestocked', id: 'ret_1' }],
  [null, { type: 'ClaimAnswerRepeated', id: 'ret_1' }],
  [
    'The refund for ret_1 failed (closed): The card is closed. It will be retried.',
    { ...refused, claimId: 'ret_1' },
  ],
  [
    'The refund for the cancelled order failed (closed): The card is closed. It will be retried.',
    { ...refused, claimId: null },
  ],
  [
    '1.00 USD was refunded by refund rfk_1. The refunds total 5.00 USD.',
    { type: 'RefundNoted', refundId: 'rfk_1', amountMinor: 100n, refundedMinor: 500n },
  ],
  [
    'Refund rfd_1 of 4.50 USD failed after it had succeeded (closed): The card is closed. The money is back at the shop. The refunds now total 0.00 USD. The refund is not retried. Staff have to refund it with refundPayment.',
    {
      ...{
        type: 'RefundReversed',
        claimId: null,
        reopened: [],
        refundId: 'rfd_1',
        amountMinor: 450n,
        refundedMinor: 0n,
      },
      ...{ code: 'closed', message: 'The card is closed.' },
    },
  ],
  [
    '0.00 USD is still to be refunded. Staff have to refund it with refundPayment.',
    { type: 'RestLeftToStaff' },
  ],
  ['All units were refunded. The refunds total 0.00 USD.', { type: 'AllGivenBack' }],
  ['Stock was reserved although the order is cancelled. It is being released.', { type: 'StrayHoldFound' }],
  [
    'A payment was authorized although the order is cancelled. It is being voided.',
    { type: 'StrayPaymentFound' },
  ],
])('%j is the step of its event', (text, event) => {
  expect(describe(aSagaOrder(), placed, event)).toBe(text)
})

test('a repeated request is described the first time only', () => {
  const described = (attempts: number) =>
    describe(aSagaOrder(), { ...placed, attempts }, { type: 'CommandRepeated' })
  expect([described(2), described(3)]).toEqual([
    'No answer arrived within 30 seconds. The request is sent again.',
    null,
  ])
})
