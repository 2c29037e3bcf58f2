import { expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { commandsOfClaim, commandsOfStage, messagesFor } from './commands.ts'
import { messagesOf } from './effects.ts'
import { GIVEN_UP } from './outstanding.ts'
import { placed, type Stage } from './saga.ts'
import { NO_SALE, type RefundClaim } from './sale.ts'

const order = aSagaOrder({ customerId: null, email: 'ada@argyle.example' })
const payUntil = new Date('2026-11-21T09:12:00Z')
const allocations = [
  { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId: 'var_2', quantity: 1 },
  { warehouseId: 'whs_2', warehouseCode: 'OPO-1', variantId: 'var_1', quantity: 1 },
]
const sale = { ...NO_SALE, capturedMinor: 12n, refundedMinor: 5n }
const undoing = (undo: Extract<Stage, { step: 'UNDOING' }>['undo'], refundTry = 2): Stage => {
  return { status: 'CANCELLING', step: 'UNDOING', cancelReason: 'FRAUD', undo, refundTry, sale }
}
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })
const refund = { orderId: 'ord_1', refundId: 'ord_1:cancel:2', amount: usd('7'), reason: 'cancelled: FRAUD' }
const parcel = (warehouseId: string, warehouseCode: string, number: number) => ({
  ...{ warehouseId, warehouseCode },
  lines: [{ orderLineId: `oln_${number}`, variantId: `var_${number}`, quantity: 1, weightGrams: 60 }],
})

/** The commands of each stage: type and data beside the id of the order. */
const STAGES: [Stage, ...(readonly [type: string, data: object])[]][] = [
  [
    placed.stage,
    [
      'inventory.reserve',
      {
        ...{ customerId: null, ttlSeconds: 900 },
        lines: ['var_1', 'var_2'].map((variantId) => ({ variantId, quantity: 1 })),
      },
    ],
  ],
  [{ status: 'AWAITING_PAYMENT', step: 'CHOOSING_PAYMENT', reservationId: 'res_1', payUntil }],
  [
    { status: 'AWAITING_PAYMENT', step: 'AUTHORIZING', reservationId: 'res_1', payUntil },
    [
      'payments.authorize',
      {
        ...{ orderNumber: 'A-7K2M-9QX3', customerId: null, guestProofHash: null },
        ...{ paymentMethodId: 'pmt_1', amount: usd('12') },
      },
    ],
  ],
  [{ status: 'PENDING', step: 'COMMITTING_STOCK', reservationId: 'res_1' }, ['inventory.commit', {}]],
  [{ status: 'AWAITING_PAYMENT', step: 'CAPTURING', allocations }, ['payments.capture', {}]],
  [
    { status: 'CONFIRMED', step: 'ARRANGING', allocations, sale },
    [
      'shipping.create',
      {
        ...{
          orderNumber: 'A-7K2M-9QX3',
          customerId: null,
          guestProofHash: null,
          email: 'ada@argyle.example',
        },
        ...{ address: order.address, rateId: 'rat_1', carrier: 'Puffin', service: 'Standard' },
        parcels: [parcel('whs_1', 'LEI-1', 2), parcel('whs_2', 'OPO-1', 1)],
      },
    ],
  ],
  [{ status: 'SHIPPED', step: 'DELIVERING', sale }],
  [{ status: 'CANCELLING', step: 'RECALLING', cancelReason: 'FRAUD', sale }, ['shipping.cancel', {}]],
  [undoing({ stock: 'RELEASE', payment: 'VOID' }), ['inventory.release', {}], ['payments.void', {}]],
  [
    undoing({ stock: 'RESTOCK', payment: 'REFUND' }),
    ['inventory.restock', { restockId: 'cancel' }],
    ['payments.refund', refund],
  ],
  [undoing({ stock: null, payment: 'REFUND' }, GIVEN_UP)],
  [{ status: 'CANCELLED', step: 'DONE', cancelReason: 'FRAUD', sale }],
]

test.each(
  STAGES.map(([stage, ...commands]) => ({ stage, commands, title: `${stage.status} ${stage.step}` })),
)('$title has its commands, with their values', ({ stage, commands }) => {
  expect(commandsOfStage(order, stage)).toEqual(
    commands.map(([type, data]) => ({ type, data: { orderId: 'ord_1', ...data } })),
  )
})

const CLAIM: RefundClaim = {
  ...{ id: 'ret_1', kind: 'RETURN', lines: [{ orderLineId: 'oln_1', quantity: 1 }], amountMinor: 4n },
  ...{ refund: 'OPEN', refundTry: 3, coveredMinor: 0n, coveredBy: [], reversals: 0, restocked: false },
  restock: [{ variantId: 'var_1', quantity: 1, warehouseId: 'whs_1' }],
}
const restock = {
  type: 'inventory.restock',
  data: { orderId: 'ord_1', restockId: 'ret_1', lines: CLAIM.restock },
}
const refundOf = (amountMinor: string, reason = 'returned', refundId = 'ret_1:3') => ({
  type: 'payments.refund',
  data: { orderId: 'ord_1', refundId, amount: usd(amountMinor), reason },
})

test.each<[string, Partial<RefundClaim>, bigint, object[]]>([
  ['of which nothing is done', {}, 0n, [refundOf('4'), restock]],
  ['of more than is left', {}, 9n, [refundOf('3'), restock]],
  ['whose refund is the last', {}, 12n, [refundOf('4'), restock]],
  ['at its first attempt', { refundTry: 1, restocked: true }, 0n, [refundOf('4', 'returned', 'ret_1')]],
  ['of a parcel', { kind: 'PARCEL', restocked: true }, 0n, [refundOf('4', 'parcel failed')]],
  ['that is refunded', { refund: 'DONE' }, 4n, [restock]],
  ['that is left to staff', { refundTry: GIVEN_UP, restocked: true }, 0n, []],
])('a claim %s has its commands, with their values', (_, claim, refundedMinor, commands) => {
  expect(commandsOfClaim(order, { ...sale, refundedMinor }, { ...CLAIM, ...claim })).toEqual(commands)
})

const about = { subject: 'ord_1', sequence: 9 }
const named = { orderId: 'ord_1', number: 'A-7K2M-9QX3', customerId: null }
const done = {
  status: 'CANCELLED',
  step: 'DONE',
  cancelReason: 'FRAUD',
  sale: { ...sale, claims: [CLAIM] },
} as const
const returned = { orderId: 'ord_1', returnId: 'ret_1', amount: usd('4'), reversals: 0 }

test.each([
  [{ type: 'OrderCancelled', reason: 'FRAUD' }, 'orders.order.cancelled', { ...named, reason: 'FRAUD' }],
  [{ type: 'AllGivenBack' }, 'orders.order.refunded', named],
  [{ type: 'ClaimAnswerRepeated', id: 'ret_1' }, 'orders.return.refunded', returned],
  [{ type: 'StrayHoldFound' }, 'inventory.release', { orderId: 'ord_1' }],
  [{ type: 'StrayPaymentFound' }, 'payments.void', { orderId: 'ord_1' }],
] as const)('%o is published with its values', (event, type, data) => {
  const saga = { stage: done, version: 9, attempts: 1 }
  expect(messagesOf(order, saga, event)).toEqual([{ ...about, type, data }])
})

test('payments and shipping get the hash of the proof of a guest’s order, never the proof', () => {
  const guest = { ...order, guestSecretHash: 'a proof' }
  const authorizing: Stage = {
    status: 'AWAITING_PAYMENT',
    step: 'AUTHORIZING',
    reservationId: 'res_1',
    payUntil,
  }
  const arranging: Stage = { status: 'CONFIRMED', step: 'ARRANGING', allocations, sale }
  const hash = expect.stringMatching(/^[\w-]{43}$/)
  for (const stage of [authorizing, arranging])
    expect(commandsOfStage(guest, stage)).toMatchObject([
      { data: { customerId: null, guestProofHash: hash } },
    ])
})

test('a message has the id and the version of its order', () => {
  expect(messagesFor(order, { ...placed, version: 9 }, [{ type: 'a.b', data: { x: 1 } }])).toEqual([
    { ...about, type: 'a.b', data: { x: 1 } },
  ])
})
