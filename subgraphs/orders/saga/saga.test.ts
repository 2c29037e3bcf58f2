import { expect, describe as group, test } from 'vitest'
import { anOldOrder, aSagaOrder } from '../testing/a-saga-order.ts'
import { requestCancel } from './cancel.ts'
import { commandsOfStage } from './commands.ts'
import { decide } from './decide.ts'
import { describe } from './describe.ts'
import { messagesOf } from './effects.ts'
import { evolve } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { dueAt } from './outstanding.ts'
import { placed, type Saga, type SagaOrder } from './saga.ts'

const old = anOldOrder()
const paid = aSagaOrder()
const NOW = new Date('2026-11-21T09:00:00Z')

/** The saga after these inputs, with the types of all messages sent on the way and the history. */
function after(order: SagaOrder, ...inputs: SagaInput[]) {
  let saga: Saga = placed
  const sent = commandsOfStage(order, saga.stage).map(({ type }) => type)
  const texts: string[] = []
  for (const input of inputs) {
    for (const event of decide(order, saga, input, NOW)) {
      saga = evolve(saga, event)
      sent.push(...messagesOf(order, saga, event).map(({ type }) => type))
      const text = describe(order, saga, event)
      if (text) texts.push(text)
    }
  }
  return { saga, sent, texts }
}

const allocations = [
  { warehouseId: 'whs_1', warehouseCode: 'LEI-1', variantId: 'var_1', quantity: 1 },
  { warehouseId: 'whs_2', warehouseCode: 'OPO-1', variantId: 'var_2', quantity: 1 },
]
const reserved: SagaInput = { type: 'StockReserved', reservationId: 'res_1' }
const rejected: SagaInput = { type: 'StockRejected', shortages: [] }
const committed: SagaInput = { type: 'StockCommitted', allocations }
const released: SagaInput = { type: 'StockReleased' }
const expired: SagaInput = { type: 'ReservationExpired' }
const authorized: SagaInput = { type: 'PaymentAuthorized' }
const captured: SagaInput = { type: 'PaymentCaptured', capturedMinor: 12n }
const voided: SagaInput = { type: 'PaymentVoided' }
const cancel: SagaInput = { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' }
const timedOut: SagaInput = { type: 'TimedOut', now: NOW }
const declined = (code: string): SagaInput => ({ type: 'PaymentDeclined', code, message: 'no' })
const shipped = (
  index: number,
  type: 'ShipmentCreated' | 'ShipmentDispatched' | 'ShipmentDelivered',
): SagaInput => {
  return { type, shipmentId: `shp_${index}`, parcelCount: 2 }
}
const CONFIRMED = [reserved, authorized, committed, captured]

group('an order whose payment is chosen later', () => {
  const later = aSagaOrder({ payLater: true })
  const chosen: SagaInput = { type: 'PaymentChosen' }
  const overdue: SagaInput = { type: 'TimedOut', now: new Date(NOW.getTime() + 12 * 60_000) }

  test('holds its stock and asks for nothing until then', () => {
    const { saga, sent, texts } = after(later, reserved, timedOut)
    expect(saga.stage).toMatchObject({ status: 'AWAITING_PAYMENT', step: 'CHOOSING_PAYMENT' })
    expect(sent).toEqual(['inventory.reserve'])
    expect(texts).toEqual([
      'Stock is reserved until 2026-11-21T09:12:00.000Z. The customer has not chosen how to pay yet.',
    ])
    expect(dueAt(saga, NOW)).toEqual(new Date('2026-11-21T09:12:00Z'))
  })

  test('is authorized, once, as soon as it is chosen, within the time that is left', () => {
    const { saga, sent } = after(later, reserved, chosen, chosen)
    expect(saga.stage).toMatchObject({ step: 'AUTHORIZING', payUntil: new Date('2026-11-21T09:12:00Z') })
    expect(sent).toEqual(['inventory.reserve', 'payments.authorize'])
    expect(after(later, reserved, chosen, authorized, committed, captured).saga.stage.status).toBe(
      'CONFIRMED',
    )
  })

  test('goes from its stock to its parcels when nothing is to be paid after all', () => {
    const free = aSagaOrder({ payLater: true, paymentMethodId: null, totalMinor: 0n })
    const { saga, sent } = after(free, reserved, chosen, committed)
    expect([saga.stage.status, saga.version]).toEqual(['CONFIRMED', 3])
    expect(sent).toEqual([
      'inventory.reserve',
      'inventory.commit',
      'orders.order.confirmed',
      'shipping.create',
    ])
  })

  test.each<[string, SagaInput, string, string[]]>([
    ['after twelve minutes', overdue, 'PAYMENT_TIMEOUT', ['inventory.release']],
    ['when its customer asks for it', cancel, 'CUSTOMER_REQUEST', ['inventory.release']],
    ['when its stock is held no longer', expired, 'PAYMENT_TIMEOUT', ['inventory.release']],
  ])('is cancelled %s, and payments is not asked', (_, input, cancelReason, undone) => {
    const { saga, sent } = after(later, reserved, input, released)
    expect(saga.stage).toMatchObject({ status: 'CANCELLED', cancelReason })
    expect(sent).toEqual(['inventory.reserve', ...undone, 'orders.order.cancelled'])
  })
})

group('an order that is paid and shipped', () => {
  test('goes from its stock to its parcels, each step by the answer to the one before', () => {
    const delivered = [1, 2].flatMap((index) => [
      shipped(index, 'ShipmentCreated'),
      shipped(index, 'ShipmentDispatched'),
      shipped(index, 'ShipmentDelivered'),
    ])
    const { saga, sent, texts } = after(paid, ...CONFIRMED, ...delivered)
    expect(saga).toMatchObject({ stage: { status: 'DELIVERED', step: 'DONE' }, version: 6 })
    expect(sent).toEqual([
      'inventory.reserve',
      'payments.authorize',
      'inventory.commit',
      'payments.capture',
      'orders.order.confirmed',
      'shipping.create',
      'orders.order.delivered',
    ])
    expect(texts).toEqual([
      'Stock is reserved. The payment is being authorized.',
      'The payment of 0.12 USD is authorized. The stock is being allocated.',
      'The stock is allocated from LEI-1 and OPO-1. The payment is being captured.',
      '0.12 USD was captured. Shipping is asked to create the parcels.',
      'Parcel shp_1 (one of 2) is being packed.',
      'Parcel shp_1 (one of 2) was shipped.',
      'Parcel shp_1 (one of 2) was delivered.',
      'Parcel shp_2 (one of 2) is being packed.',
      'Parcel shp_2 (one of 2) was shipped.',
      'Parcel shp_2 (one of 2) was delivered.',
    ])
  })

  test('is sent as one parcel for each warehouse', () => {
    const { saga } = after(paid, ...CONFIRMED)
    const [create] = commandsOfStage(paid, saga.stage)
    expect(create).toMatchObject({
      type: 'shipping.create',
      data: {
        rateId: 'rat_1',
        parcels: [
          {
            warehouseCode: 'LEI-1',
            lines: [{ orderLineId: 'oln_1', variantId: 'var_1', quantity: 1, weightGrams: 60 }],
          },
          { warehouseCode: 'OPO-1', lines: [{ orderLineId: 'oln_2' }] },
        ],
      },
    })
  })

  test.each([
    ['card_declined', 'PAYMENT_DECLINED'],
    ['payment_method_unknown', 'PAYMENT_DECLINED'],
    ['action_timeout', 'PAYMENT_TIMEOUT'],
    ['fraud', 'FRAUD'],
    ['fraudulent', 'FRAUD'],
    ['suspected_fraud', 'FRAUD'],
    ['stolen_card', 'FRAUD'],
  ])('declined with %s gives its stock back, then is cancelled: %s', (code, cancelReason) => {
    const { saga, sent } = after(paid, reserved, declined(code), released)
    expect(saga.stage).toMatchObject({ status: 'CANCELLED', cancelReason })
    expect(sent).toEqual([
      'inventory.reserve',
      'payments.authorize',
      'inventory.release',
      'orders.order.cancelled',
    ])
  })

  test('waits 12 minutes for the payment, then lets both go', () => {
    const { saga } = after(paid, reserved, { type: 'ActionRequired', expiresAt: null })
    const late = { type: 'TimedOut', now: new Date(NOW.getTime() + 12 * 60_000) } as const
    const { stage } = after(paid, reserved, late).saga
    expect(saga.stage.status).toBe('AWAITING_PAYMENT')
    expect(stage).toMatchObject({
      status: 'CANCELLING',
      cancelReason: 'PAYMENT_TIMEOUT',
      undo: { stock: 'RELEASE', payment: 'VOID' },
    })
  })

  test.each([
    ['the stock first', [released, voided]],
    ['the payment first', [voided, released]],
  ])('cancelled while it is authorized waits for both, %s', (_, answers) => {
    const [first, second] = answers
    if (!first || !second) throw new Error('two answers')
    expect(after(paid, reserved, cancel, first, first).saga.stage.status).toBe('CANCELLING')
    expect(after(paid, reserved, cancel, first, second).saga.stage.status).toBe('CANCELLED')
  })

  test('whose capture fails for good puts its stock back', () => {
    const failed: SagaInput = { type: 'CaptureFailed', code: 'expired', message: 'the authorization expired' }
    const restocked: SagaInput = { type: 'StockRestocked', restockId: 'cancel' }
    const { saga, sent } = after(paid, reserved, authorized, committed, failed, restocked, voided)
    expect(saga.stage).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_DECLINED' })
    expect(sent.slice(-3)).toEqual(['inventory.restock', 'payments.void', 'orders.order.cancelled'])
  })

  test('whose authorization is voided at the gateway puts its stock back, and voids nothing', () => {
    const restocked: SagaInput = { type: 'StockRestocked', restockId: 'cancel' }
    const { saga, sent } = after(paid, reserved, authorized, committed, voided, restocked)
    expect(saga.stage).toMatchObject({ status: 'CANCELLED', cancelReason: 'PAYMENT_DECLINED' })
    expect(sent.slice(-2)).toEqual(['inventory.restock', 'orders.order.cancelled'])
  })

  test('is confirmed by nothing but the whole amount', () => {
    const part: SagaInput = { type: 'PaymentCaptured', capturedMinor: 11n }
    expect(() => after(paid, reserved, authorized, committed, part)).toThrow(
      'order ord_1 has a total of 12, but 11 was captured',
    )
  })

  const refundedByStaff = (refundedMinor: bigint): SagaInput => {
    return { type: 'PaymentRefunded', refundId: 'staff', amountMinor: refundedMinor, refundedMinor }
  }

  test('whose refund by staff overtakes its capture is confirmed, and knows both', () => {
    const captured: SagaInput = { type: 'PaymentCaptured', capturedMinor: 12n }
    const { saga, sent } = after(paid, reserved, authorized, committed, refundedByStaff(5n), captured)
    const sale = { capturedMinor: 12n, refundedMinor: 5n }
    expect(saga.stage).toMatchObject({ status: 'CONFIRMED', step: 'ARRANGING', sale })
    expect(sent.slice(-2)).toEqual(['orders.order.confirmed', 'shipping.create'])
  })

  test.each([
    ['the rest is refunded', 5n, 'REFUND'],
    ['nothing is left to refund', 12n, null],
  ])('whose refund by staff overtakes the capture that came before its void: %s', (_, minor, payment) => {
    const { saga } = after(paid, reserved, cancel, refundedByStaff(minor))
    expect(saga.stage).toMatchObject({
      step: 'UNDOING',
      undo: { stock: 'RESTOCK', payment },
      sale: { capturedMinor: 12n, refundedMinor: minor },
    })
  })

  test('cancelled after the payment asks shipping, then pays back and puts back', () => {
    const back: SagaInput[] = [
      { type: 'ShippingCancelled' },
      { type: 'PaymentRefunded', refundId: 'ord_1:cancel', amountMinor: 12n, refundedMinor: 12n },
      { type: 'StockRestocked', restockId: 'cancel' },
    ]
    const { saga, sent, texts } = after(paid, ...CONFIRMED, cancel, ...back)
    expect(saga.stage).toMatchObject({
      status: 'CANCELLED',
      sale: { capturedMinor: 12n, refundedMinor: 12n },
    })
    expect(sent.slice(-4)).toEqual([
      'shipping.cancel',
      'inventory.restock',
      'payments.refund',
      'orders.order.cancelled',
    ])
    expect(texts.slice(-4)).toEqual([
      'The parcels were stopped. The units are being restocked and the payment is being refunded.',
      '0.12 USD was refunded by refund ord_1:cancel. The refunds total 0.12 USD.',
      'Nothing is left to void or refund.',
      'The order is cancelled: cancellation was requested. No stock is reserved and no refund is due.',
    ])
  })

  test('cancelled after the payment waits for its own restock, not for that of a return', () => {
    const back: SagaInput[] = [
      { type: 'ShippingCancelled' },
      { type: 'PaymentRefunded', refundId: 'ord_1:cancel', amountMinor: 12n, refundedMinor: 12n },
      { type: 'StockRestocked', restockId: 'ret_1' },
    ]
    const { saga } = after(paid, ...CONFIRMED, cancel, ...back)
    expect(saga.stage).toMatchObject({ status: 'CANCELLING', undo: { stock: 'RESTOCK', payment: null } })
  })

  test('of which a parcel has left continues where it was, which its history shows', () => {
    const refused: SagaInput = { type: 'ShippingCancelRefused', shipmentId: 'shp_1' }
    const { saga, texts } = after(paid, ...CONFIRMED, shipped(1, 'ShipmentCreated'), cancel, refused)
    expect(saga).toMatchObject({ stage: { status: 'SHIPPED', step: 'DELIVERING' }, version: 6 })
    expect(texts.at(-1)).toBe('The order can no longer be cancelled: parcel shp_1 has left.')
  })
})

group('an order of before payments and shipping', () => {
  test('whose stock is reserved and committed is confirmed', () => {
    const { saga, sent } = after(old, reserved, committed)
    expect(saga).toMatchObject({ stage: { status: 'CONFIRMED', step: 'DONE' }, version: 2 })
    expect(sent).toEqual(['inventory.reserve', 'inventory.commit', 'orders.order.confirmed'])
  })

  test('whose stock is rejected is cancelled for want of stock', () => {
    const { saga, sent } = after(old, rejected)
    expect(saga.stage).toMatchObject({ status: 'CANCELLED', step: 'DONE', cancelReason: 'OUT_OF_STOCK' })
    expect(sent).toEqual(['inventory.reserve', 'orders.order.cancelled'])
  })

  test('cancelled before the pivot gives its stock back first', () => {
    const { saga, sent } = after(old, cancel, reserved, released)
    expect(saga).toMatchObject({
      stage: { status: 'CANCELLED', cancelReason: 'CUSTOMER_REQUEST' },
      version: 3,
    })
    expect(sent).toEqual(['inventory.reserve', 'inventory.release', 'orders.order.cancelled'])
  })

  test('gives back stock that is held for it after it was cancelled', () => {
    expect(after(old, rejected, reserved).sent.at(-1)).toBe('inventory.release')
  })

  test('that is settled is left alone by every message that comes late', () => {
    const late = [reserved, rejected, committed, released, expired, cancel, timedOut]
    expect(after(old, reserved, committed, ...late)).toEqual(after(old, reserved, committed))
  })
})

group('a step without an answer', () => {
  test.each<[string, SagaInput[], string[]]>([
    ['reserving', [], ['inventory.reserve']],
    ['authorizing', [reserved], ['payments.authorize']],
    ['committing', [reserved, authorized], ['inventory.commit']],
    ['capturing', [reserved, authorized, committed], ['payments.capture']],
    ['arranging', CONFIRMED, ['shipping.create']],
    ['recalling', [...CONFIRMED, cancel], ['shipping.cancel']],
    ['undoing', [reserved, cancel], ['inventory.release', 'payments.void']],
  ])('%s sends its commands again', (_, inputs, commands) => {
    const { saga, sent } = after(paid, ...inputs, timedOut, timedOut)
    expect(sent.slice(-2 * commands.length)).toEqual([...commands, ...commands])
    expect(saga.attempts).toBe(3)
  })

  test('waits 30 s at first, then ever longer, up to five minutes', () => {
    const waits = [1, 2, 3, 4, 5, 40].map((attempts) => dueAt({ ...placed, attempts }, NOW))
    expect(waits.map((at) => (Number(at) - Number(NOW)) / 1_000)).toEqual([30, 60, 120, 240, 300, 300])
    expect(dueAt(after(old, rejected).saga, NOW)).toBeNull()
  })

  test('waits for a payment no longer than the customer has for it', () => {
    const { saga } = after(paid, reserved)
    const waits = [11 * 60 + 29, 11 * 60 + 30, 11 * 60 + 31].map((seconds) => {
      const now = new Date(NOW.getTime() + seconds * 1_000)
      return (Number(dueAt(saga, now)) - Number(now)) / 1_000
    })
    expect(waits).toEqual([30, 30, 29])
  })
})

group('a wish to cancel', () => {
  test.each([2, 4])('of version %i of an order of version 3 is a conflict', (expectedVersion) => {
    const decision = requestCancel(paid, { ...placed, version: 3 }, { actor: 'customer', expectedVersion })
    expect(decision).toMatchObject({
      ok: false,
      errors: [{ __typename: 'VersionConflictError', currentVersion: 3 }],
    })
  })

  test.each<[string, SagaOrder, SagaInput[], string]>([
    ['past the pivot', paid, [reserved, authorized], 'AWAITING_PAYMENT'],
    ['whose payment is being captured', paid, [reserved, authorized, committed], 'AWAITING_PAYMENT'],
    ['being cancelled', paid, [cancel], 'CANCELLING'],
    ['cancelled', paid, [rejected], 'CANCELLED'],
    ['on its way', paid, [...CONFIRMED, shipped(1, 'ShipmentDispatched')], 'SHIPPED'],
    ['of before shipping, confirmed', old, [reserved, committed], 'CONFIRMED'],
  ])('of an order %s is refused with its status', (_, order, inputs, status) => {
    const { saga } = after(order, ...inputs)
    const decision = requestCancel(order, saga, { actor: 'customer', expectedVersion: 1 })
    expect(decision).toMatchObject({ ok: false, errors: [{ __typename: 'NotCancellableError', status }] })
  })
})
