import { describe, expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { outstanding } from './commands.ts'
import { decide } from './decide.ts'
import { describe as inWords } from './describe.ts'
import { evolve } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { isOutstanding, MOST_REFUND_TRIES } from './outstanding.ts'
import type { Saga } from './saga.ts'
import type { RefundClaim } from './sale.ts'

const order = aSagaOrder()
const sale = { capturedMinor: 12n, refundedMinor: 0n, parcelCount: 1, parcels: [], claims: [] }
const parcel = { shipmentId: 'shp_1', state: 'DELIVERED' } as const

const cancelling: Saga = {
  stage: {
    ...{ status: 'CANCELLING', step: 'UNDOING', cancelReason: 'CUSTOMER_REQUEST' },
    ...{ undo: { stock: null, payment: 'REFUND' }, refundTry: 1, sale },
  },
  version: 5,
  attempts: 1,
}
const claim: RefundClaim = {
  id: 'ret_1',
  kind: 'RETURN',
  lines: [{ orderLineId: 'oln_1', quantity: 1 }],
  amountMinor: 4n,
  refund: 'OPEN',
  refundTry: 1,
  restock: [],
  restocked: true,
}
const returned: Saga = {
  stage: { status: 'DELIVERED', step: 'DONE', sale: { ...sale, parcels: [parcel], claims: [claim] } },
  version: 5,
  attempts: 1,
}

function after(saga: Saga, input: SagaInput): { saga: Saga; texts: (string | null)[] } {
  return decide(order, saga, input).reduce<{ saga: Saga; texts: (string | null)[] }>(
    (before, event) => {
      const next = evolve(before.saga, event)
      return { saga: next, texts: [...before.texts, inWords(order, next, event)] }
    },
    { saga, texts: [] },
  )
}

const refused = (base: string, attempt: number): SagaInput => ({
  type: 'RefundFailed',
  refundId: attempt === 1 ? base : `${base}:${attempt}`,
  code: 'account_closed',
  message: 'The account is closed',
})

test.each([
  ['a cancelled order', cancelling, 'ord_1:cancel', 12n, 'CANCELLED'],
  ['a return', returned, 'ret_1', 4n, 'DELIVERED'],
])(
  'the refund of %s is tried 20 times: then it waits for staff, and their refund settles it',
  (_, start, base, amountMinor, end) => {
    let saga = start
    for (let attempt = 1; attempt < MOST_REFUND_TRIES; attempt++)
      saga = after(saga, refused(base, attempt)).saga
    expect(isOutstanding(saga)).toBe(true)
    expect(outstanding(order, saga)).toMatchObject([{ data: { refundId: `${base}:${MOST_REFUND_TRIES}` } }])
    const last = after(saga, refused(base, MOST_REFUND_TRIES))
    expect(last.texts).toEqual([
      expect.stringContaining('refused 20 times and is not repeated: staff make it by refundPayment'),
    ])
    expect(isOutstanding(last.saga)).toBe(false)
    expect(outstanding(order, last.saga)).toEqual([])
    const paid: SagaInput = {
      type: 'PaymentRefunded',
      refundId: 'rfk_1',
      amountMinor,
      refundedMinor: amountMinor,
    }
    const settled = after(last.saga, paid).saga
    expect(settled.stage.status).toBe(end)
    expect(settled.stage).not.toMatchObject({ sale: { claims: [{ refund: 'OPEN' }] } })
    expect(isOutstanding(settled)).toBe(false)
  },
)

describe('a refund by staff', () => {
  const givenUp = (id: string, amountMinor: bigint): RefundClaim => {
    return { ...claim, id, amountMinor, refundTry: MOST_REFUND_TRIES + 1 }
  }
  const waiting = (claims: readonly RefundClaim[], refundedMinor = 0n): Saga => {
    const both = { ...sale, parcels: [parcel], claims, refundedMinor }
    return { ...returned, stage: { status: 'DELIVERED', step: 'DONE', sale: both } }
  }
  const both = [givenUp('ret_1', 4n), givenUp('ret_2', 5n)]

  test.each([
    [
      'of the sum settles both claims, each with its own amount',
      waiting(both),
      9n,
      9n,
      ['ret_1 4', 'ret_2 5'],
    ],
    [
      'that is larger tells of a claim no more than its amount',
      waiting(both.slice(0, 1)),
      9n,
      9n,
      ['ret_1 4'],
    ],
    [
      'that covers the second alone settles that',
      waiting([givenUp('ret_1', 8n), givenUp('ret_2', 5n)]),
      5n,
      5n,
      ['ret_2 5'],
    ],
    ['of the rest settles what it does not cover, too', waiting(both, 6n), 6n, 12n, ['ret_1 4', 'ret_2 2']],
    ['that covers none is noted', waiting(both), 3n, 3n, []],
  ] as const)('%s', (_, saga, amountMinor, refundedMinor, settled) => {
    const events = decide(order, saga, {
      type: 'PaymentRefunded',
      refundId: 'rfk_1',
      amountMinor,
      refundedMinor,
    })
    const claims = events.flatMap((one) =>
      one.type === 'ClaimRefunded' ? [`${one.id} ${one.amountMinor}`] : [],
    )
    expect(claims).toEqual(settled)
    const after = events.reduce(evolve, saga)
    expect(after.stage).toMatchObject({ sale: { refundedMinor } })
  })
})
