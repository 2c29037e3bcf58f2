import { describe, expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { outstanding } from './commands.ts'
import { decide } from './decide.ts'
import { describe as inWords } from './describe.ts'
import { messagesOf } from './effects.ts'
import { evolve } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { isOutstanding, MAX_REFUND_ATTEMPTS } from './outstanding.ts'
import type { Saga } from './saga.ts'
import { NO_SALE, type RefundClaim } from './sale.ts'

const order = aSagaOrder()
const sale = { ...NO_SALE, capturedMinor: 12n, parcelCount: 1 }
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
  coveredMinor: 0n,
  coveredBy: [],
  reversals: 0,
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
    for (let attempt = 1; attempt < MAX_REFUND_ATTEMPTS; attempt++)
      saga = after(saga, refused(base, attempt)).saga
    expect(isOutstanding(saga)).toBe(true)
    expect(outstanding(order, saga)).toMatchObject([{ data: { refundId: `${base}:${MAX_REFUND_ATTEMPTS}` } }])
    const last = after(saga, refused(base, MAX_REFUND_ATTEMPTS))
    expect(last.texts).toEqual([
      expect.stringContaining(
        'failed 20 times and is not retried. Staff have to refund it with refundPayment',
      ),
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
    return { ...claim, id, amountMinor, refundTry: MAX_REFUND_ATTEMPTS + 1 }
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
    ['that is larger settles a claim up to its amount', waiting(both.slice(0, 1)), 9n, 9n, ['ret_1 4']],
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

describe('refunds by staff in parts', () => {
  const givenUp = (id: string, amountMinor: bigint): RefundClaim => {
    return { ...claim, id, amountMinor, refundTry: MAX_REFUND_ATTEMPTS + 1 }
  }
  const twoReturns = [givenUp('ret_1', 4n), givenUp('ret_2', 5n)]
  const start = (claims: readonly RefundClaim[]): Saga => {
    const all = { ...sale, parcels: [parcel], claims }
    return { ...returned, stage: { status: 'DELIVERED', step: 'DONE', sale: all } }
  }
  const paid = (amountMinor: bigint, refundedMinor: bigint, reversedMinor = 0n): SagaInput => {
    return { type: 'PaymentRefunded', refundId: 'rfk_1', amountMinor, refundedMinor, reversedMinor }
  }

  test.each([
    ['two that are the amount of the claim', [givenUp('ret_1', 4n)], [1n, 3n], ['ret_1 4']],
    ['three over two claims', twoReturns, [3n, 5n, 1n], ['ret_1 4', 'ret_2 5']],
    ['less than the claim', [givenUp('ret_1', 4n)], [1n, 2n], []],
    [
      'the second claim in full, and the first in two parts',
      [givenUp('ret_1', 8n), givenUp('ret_2', 5n)],
      [5n, 4n, 4n],
      ['ret_2 5', 'ret_1 8'],
    ],
  ])('%s settle what they add up to', (_, claims, amounts, settled) => {
    let saga = start(claims)
    let sum = 0n
    const amountsOf: string[] = []
    for (const amount of amounts) {
      sum += amount
      const events = decide(order, saga, paid(amount, sum))
      amountsOf.push(
        ...events.flatMap((one) => (one.type === 'ClaimRefunded' ? [`${one.id} ${one.amountMinor}`] : [])),
      )
      saga = events.reduce(evolve, saga)
    }
    expect(amountsOf).toEqual(settled)
    expect(saga.stage).toMatchObject({ sale: { refundedMinor: sum } })
  })

  test('the history says what is left', () => {
    expect(after(start([givenUp('ret_1', 4n)]), paid(1n, 1n)).texts).toEqual([
      '0.01 USD was refunded by refund rfk_1. The refunds total 0.01 USD.',
      '0.01 USD of refund rfk_1 is for ret_1. 0.03 USD is still to be refunded.',
    ])
  })
})

describe('a refund that fails after it was made', () => {
  const reversal = (
    refundId: string,
    amountMinor: bigint,
    reversedMinor = amountMinor,
    refundedMinor = 0n,
  ): SagaInput => ({
    ...{ type: 'RefundReversed', refundId, amountMinor, refundedMinor, reversedMinor },
    ...{ code: 'account_closed', message: 'The account is closed.' },
  })
  const made = (
    refundId: string,
    amountMinor: bigint,
    refundedMinor: bigint,
    reversedMinor = 0n,
  ): SagaInput => {
    return { type: 'PaymentRefunded', refundId, amountMinor, refundedMinor, reversedMinor }
  }
  const through = (start: Saga, inputs: readonly SagaInput[]) =>
    inputs.reduce((saga, input) => after(saga, input).saga, start)

  test('opens its claim again, and the next refund by staff settles it', () => {
    const refunded = through(returned, [made('ret_1', 4n, 4n)])
    const { saga, texts } = after(refunded, reversal('ret_1', 4n))
    expect(texts).toEqual([
      'Refund ret_1 of 0.04 USD failed after it had succeeded (account_closed): The account is closed. ' +
        'The money is back at the shop. The refunds now total 0.00 USD. The refund is not retried. Staff have to refund it with refundPayment.',
    ])
    expect(saga.stage).toMatchObject({
      sale: { refundedMinor: 0n, reversedMinor: 4n, claims: [{ refund: 'OPEN' }] },
    })
    expect([isOutstanding(saga), outstanding(order, saga)]).toEqual([false, []])
    const again = through(saga, [made('rfk_1', 4n, 4n, 4n)])
    expect(again.stage).toMatchObject({
      sale: { refundedMinor: 4n, claims: [{ refund: 'DONE', amountMinor: 4n }] },
    })
  })

  test.each([
    ['before the refund itself', [reversal('ret_1', 4n), made('ret_1', 4n, 4n)]],
    ['twice', [made('ret_1', 4n, 4n), reversal('ret_1', 4n), reversal('ret_1', 4n)]],
    [
      'before the refund, whose message is repeated later',
      [reversal('ret_1', 4n), made('ret_1', 4n, 4n), made('ret_1', 4n, 4n)],
    ],
  ])('has its message %s: the sums are the same', (_, inputs) => {
    expect(through(returned, inputs).stage).toMatchObject({
      sale: {
        refundedMinor: 0n,
        reversedMinor: 4n,
        claims: [{ refund: 'OPEN', refundTry: MAX_REFUND_ATTEMPTS + 1 }],
      },
    })
  })

  test('of a cancelled order leaves it cancelled, and is noted until staff refund it', () => {
    const cancelled = through(cancelling, [made('ord_1:cancel', 12n, 12n), reversal('ord_1:cancel', 12n)])
    expect(cancelled.stage).toMatchObject({
      status: 'CANCELLED',
      sale: { refundedMinor: 0n, reversedMinor: 12n },
    })
    const again = through(cancelled, [made('rfk_1', 5n, 5n, 12n), made('rfk_2', 7n, 12n, 12n)])
    expect(again.stage).toMatchObject({ status: 'CANCELLED', sale: { refundedMinor: 12n } })
  })

  test('of a cancelled order whose message precedes that of the refund ends the cancellation, as after it', () => {
    const inputs = [reversal('ord_1:cancel', 12n), made('ord_1:cancel', 12n, 12n)]
    expect(through(cancelling, inputs)).toEqual(through(cancelling, inputs.toReversed()))
    expect(through(cancelling, inputs).stage.status).toBe('CANCELLED')
  })

  test('while another of a cancelled order is made leaves the rest to staff, who end the cancellation', () => {
    const inputs = [made('rfk_1', 3n, 3n), reversal('rfk_1', 3n), made('ord_1:cancel', 9n, 9n, 3n)]
    const waiting = through(cancelling, inputs)
    expect(waiting.stage).toMatchObject({ status: 'CANCELLING', sale: { refundedMinor: 9n } })
    expect([isOutstanding(waiting), outstanding(order, waiting)]).toEqual([false, []])
    expect(through(waiting, [made('rfk_2', 3n, 12n, 3n)]).stage.status).toBe('CANCELLED')
  })

  test('and was made by staff opens the claims that it was for', () => {
    const waiting = through(returned, [made('ret_1', 4n, 4n), reversal('ret_1', 4n)])
    const covered = through(waiting, [made('rfk_1', 1n, 1n, 4n)])
    const lost = after(covered, reversal('rfk_1', 1n, 5n)).saga
    expect(lost.stage).toMatchObject({ sale: { claims: [{ refund: 'OPEN', coveredMinor: 0n }] } })
    const settled = through(lost, [made('rfk_2', 4n, 4n, 5n)])
    expect(settled.stage).toMatchObject({ sale: { claims: [{ refund: 'DONE', amountMinor: 4n }] } })
    const open = through(settled, [reversal('rfk_2', 4n, 9n)])
    expect(open.stage).toMatchObject({ sale: { refundedMinor: 0n, claims: [{ refund: 'OPEN' }] } })
    expect(through(open, [made('rfk_3', 4n, 4n, 9n)]).stage).toMatchObject({
      sale: { refundedMinor: 4n, creditedMinor: 4n, claims: [{ refund: 'DONE', amountMinor: 4n }] },
    })
  })

  test('and was one of two by staff opens the claim that both were for', () => {
    const waiting = through(returned, [made('ret_1', 4n, 4n), reversal('ret_1', 4n)])
    const settled = through(waiting, [made('rfk_1', 1n, 1n, 4n), made('rfk_2', 3n, 4n, 4n)])
    expect(settled.stage).toMatchObject({ sale: { claims: [{ refund: 'DONE' }] } })
    const [reversed] = decide(order, settled, reversal('rfk_2', 3n, 7n))
    expect(reversed).toMatchObject({ reopened: ['ret_1'] })
    expect(reversed && evolve(settled, reversed).stage).toMatchObject({
      sale: { claims: [{ refund: 'OPEN', coveredMinor: 1n }] },
    })
  })

  test('and was for two returns opens both, and shipping is told of each', () => {
    const given = [4n, 5n].map((amountMinor, index): RefundClaim => {
      const id = `ret_${index + 1}`
      return { ...claim, id, amountMinor, refundTry: MAX_REFUND_ATTEMPTS + 1 }
    })
    const waiting = { ...returned, stage: { ...returned.stage, sale: { ...sale, claims: given } } } as Saga
    const settled = through(waiting, [made('rfk_1', 9n, 9n)])
    const [reversed, ...more] = decide(order, settled, reversal('rfk_1', 9n))
    expect(reversed && messagesOf(order, evolve(settled, reversed), reversed)).toMatchObject([
      { type: 'orders.return.refund_failed', data: { returnId: 'ret_1' } },
      { type: 'orders.return.refund_failed', data: { returnId: 'ret_2' } },
    ])
    expect(more).toEqual([])
  })

  test('whose message follows that of the refund by staff that replaces it leaves no claim open', () => {
    const inputs = [made('ret_1', 4n, 4n), made('rfk_1', 4n, 4n, 4n), reversal('ret_1', 4n)]
    expect(through(returned, inputs).stage).toMatchObject({
      sale: { refundedMinor: 4n, reversedMinor: 4n, claims: [{ refund: 'DONE' }] },
    })
  })

  test('and is of an attempt before the one that succeeded opens no claim', () => {
    const both = [refused('ret_1', 1), made('ret_1:2', 4n, 4n), made('ret_1', 4n, 8n)]
    expect(through(returned, [...both, reversal('ret_1', 4n, 4n, 4n)]).stage).toMatchObject({
      sale: { refundedMinor: 4n, claims: [{ refund: 'DONE' }] },
    })
  })

  test('and was replaced before its message arrived settles its claim with the amount of the one that replaces it', () => {
    const claims = [1, 2, 3].map((number): RefundClaim => {
      return { ...claim, id: `ret_${number}`, refundTry: MAX_REFUND_ATTEMPTS + 1 }
    })
    const waiting = { ...returned, stage: { ...returned.stage, sale: { ...sale, claims } } } as Saga
    const byStaff = [made('rfk_1', 4n, 4n), made('rfk_2', 4n, 8n), made('rfk_3', 4n, 12n)]
    const replaced = through(waiting, [...byStaff, made('rfk_4', 4n, 12n, 4n)])
    const [reversed, settled] = decide(order, replaced, reversal('rfk_1', 4n, 4n, 8n))
    expect([reversed, settled]).toMatchObject([
      { type: 'RefundReversed', reopened: ['ret_1'] },
      { type: 'ClaimRefunded', id: 'ret_1', amountMinor: 4n },
    ])
  })

  test('tells shipping that a return is open again, with the number of the failure, and not of a parcel', () => {
    const inputs = [
      made('ret_1', 4n, 4n),
      reversal('ret_1', 4n),
      made('rfk_1', 4n, 4n, 4n),
      reversal('rfk_1', 4n, 8n),
      made('rfk_2', 4n, 4n, 8n),
    ]
    const told = (start: Saga) => {
      let saga = start
      return inputs.flatMap((input) =>
        decide(order, saga, input).flatMap((event) => {
          saga = evolve(saga, event)
          return messagesOf(order, saga, event)
        }),
      )
    }
    const about = { orderId: 'ord_1', returnId: 'ret_1', amount: { amountMinor: '4', currencyCode: 'USD' } }
    expect(told(returned).map(({ type, data }) => [type, data])).toEqual([
      ['orders.return.refunded', { ...about, reversals: 0 }],
      ['orders.return.refund_failed', { ...about, reversals: 1 }],
      ['orders.return.refunded', { ...about, reversals: 1 }],
      ['orders.return.refund_failed', { ...about, reversals: 2 }],
      ['orders.return.refunded', { ...about, reversals: 2 }],
    ])
    const ofParcel: RefundClaim = { ...claim, kind: 'PARCEL' }
    const lost: Saga = {
      ...returned,
      stage: { ...returned.stage, sale: { ...sale, claims: [ofParcel] } } as Saga['stage'],
    }
    expect(told(lost)).toEqual([])
  })

  test('is in the history each time, and so is the refund that replaces it', () => {
    const texts = (...inputs: SagaInput[]) =>
      inputs.reduce<{ saga: Saga; texts: (string | null)[] }>(
        (before, input) => {
          const next = after(before.saga, input)
          return { saga: next.saga, texts: [...before.texts, ...next.texts] }
        },
        { saga: { ...returned, stage: { status: 'DELIVERED', step: 'DONE', sale } }, texts: [] },
      ).texts
    const all = texts(made('rfk_1', 3n, 3n), reversal('rfk_1', 3n), made('rfk_2', 3n, 3n, 3n))
    expect(new Set(all).size).toBe(3)
  })

  test('whose message precedes that of the capture confirms the order', () => {
    const capturing: Saga = {
      stage: { status: 'AWAITING_PAYMENT', step: 'CAPTURING', allocations: [] },
      ...{ version: 3, attempts: 1 },
    }
    expect(through(capturing, [reversal('rfk_1', 4n)]).stage).toMatchObject({
      ...{ status: 'CONFIRMED', sale: { capturedMinor: 12n, refundedMinor: 0n, reversedMinor: 4n } },
    })
  })
})
