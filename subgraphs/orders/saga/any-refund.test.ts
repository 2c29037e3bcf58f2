import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSagaOrder } from '../testing/a-saga-order.ts'
import { outstanding } from './commands.ts'
import { decide } from './decide.ts'
import { evolve, saleOf } from './evolve.ts'
import type { SagaInput } from './inputs.ts'
import { isOutstanding } from './outstanding.ts'
import type { Saga } from './saga.ts'
import { NO_SALE } from './sale.ts'

const order = aSagaOrder()
const CAPTURED = 12n
const start = { ...NO_SALE, capturedMinor: CAPTURED, parcelCount: 2 }
const claim = (id: string, amountMinor: bigint) => ({
  ...({ id, kind: 'RETURN', lines: [], amountMinor, refund: 'OPEN', refundTry: 1 } as const),
  ...{ coveredMinor: 0n, coveredBy: [], reversals: 0, restock: [], restocked: true },
})

const returned: Saga = {
  stage: {
    status: 'DELIVERED',
    step: 'DONE',
    sale: { ...start, claims: [claim('ret_1', 4n), claim('ret_2', 6n)] },
  },
  ...{ version: 5, attempts: 1 },
}
const cancelling: Saga = {
  stage: {
    ...{ status: 'CANCELLING', step: 'UNDOING', cancelReason: 'CUSTOMER_REQUEST', refundTry: 1 },
    ...{ undo: { stock: null, payment: 'REFUND' }, sale: start },
  },
  ...{ version: 5, attempts: 1 },
}

type Message = Extract<SagaInput, { type: 'PaymentRefunded' | 'RefundReversed' | 'RefundFailed' }>

/** An order and its payment, with the messages from one to the other. */
function world(first: Saga) {
  let saga = first
  const made = new Map<string, { amountMinor: bigint; isReversed: boolean }>()
  const refusals = new Set<string>()
  const messages: { input: Message; isDelivered: boolean }[] = []
  const sums = { refundedMinor: 0n, reversedMinor: 0n }
  let mostMinor = 0n
  const send = (input: Message) => messages.push({ input, isDelivered: false })
  const refuse = (refundId: string) => send({ type: 'RefundFailed', refundId, code: 'no', message: 'No.' })

  function refund(refundId: string, amountMinor: bigint): void {
    const known = made.get(refundId)
    if (known?.isReversed || refusals.has(refundId)) refuse(refundId)
    else if (known) send({ type: 'PaymentRefunded', refundId, amountMinor: known.amountMinor, ...sums })
    else if (amountMinor <= 0n || sums.refundedMinor + amountMinor > CAPTURED) {
      refusals.add(refundId)
      refuse(refundId)
    } else {
      made.set(refundId, { amountMinor, isReversed: false })
      sums.refundedMinor += amountMinor
      if (sums.refundedMinor > mostMinor) mostMinor = sums.refundedMinor
      send({ type: 'PaymentRefunded', refundId, amountMinor, ...sums })
    }
  }

  return {
    sums,
    get saga() {
      return saga
    },
    get mostMinor() {
      return mostMinor
    },
    /** Carries out the refunds that the order asks for. */
    ask() {
      for (const { data } of outstanding(order, saga)) {
        const { amountMinor } = data.amount as { amountMinor: string }
        refund(String(data.refundId), BigInt(amountMinor))
      }
    },
    staff(amountMinor: bigint) {
      if (sums.refundedMinor + amountMinor <= CAPTURED) refund(`rfk_${made.size}`, amountMinor)
    },
    reverse(pick: number) {
      const standing = [...made].filter(([, { isReversed }]) => !isReversed)
      const [refundId, one] = standing[pick % Math.max(standing.length, 1)] ?? []
      if (!refundId || !one) return
      one.isReversed = true
      sums.refundedMinor -= one.amountMinor
      sums.reversedMinor += one.amountMinor
      const why = { code: 'account_closed', message: 'It is closed.' }
      send({ type: 'RefundReversed', refundId, amountMinor: one.amountMinor, ...sums, ...why })
    },
    /** Delivers a message. It may be delivered again. */
    deliver(pick: number, only: 'new' | 'any' = 'any') {
      const some = messages.filter(({ isDelivered }) => only === 'any' || !isDelivered)
      const message = some[pick % Math.max(some.length, 1)]
      if (!message) return false
      message.isDelivered = true
      saga = decide(order, saga, message.input).reduce(evolve, saga)
      return true
    },
  }
}

type World = ReturnType<typeof world>
const pick = fc.nat({ max: 20 })
const step: fc.Arbitrary<(at: World) => void> = fc.oneof(
  fc.constant((at: World) => at.ask()),
  fc.bigInt(1n, 12n).map((amountMinor) => (at: World) => at.staff(amountMinor)),
  pick.map((which) => (at: World) => at.reverse(which)),
  pick.map((which) => (at: World) => void at.deliver(which)),
  pick.map((which) => (at: World) => void at.deliver(which)),
)

test.each([
  ['returns', returned],
  ['a cancelled order', cancelling],
])(
  'of %s: refunds, refusals and reversals in any order, twice or late leave the same sums; staff settle the rest',
  (_, first) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(pick, { minLength: 1 }), (steps, picks) => {
        const at = world(first)
        for (const run of steps) {
          run(at)
          const { refundedMinor, capturedMinor } = saleOf(at.saga)
          expect(refundedMinor >= 0n && refundedMinor <= capturedMinor).toBe(true)
        }
        let turn = 0
        const deliverAll = () => {
          while (at.deliver(picks[turn++ % picks.length] ?? 0, 'new'));
        }
        deliverAll()
        for (let round = 0; isOutstanding(at.saga) && round < 50; round++) {
          at.ask()
          deliverAll()
        }
        expect(isOutstanding(at.saga)).toBe(false)
        expect(saleOf(at.saga)).toMatchObject({ ...at.sums, creditedMinor: at.mostMinor })
        const restMinor = CAPTURED - at.sums.refundedMinor
        if (restMinor > 0n) at.staff(restMinor)
        deliverAll()
        const sale = saleOf(at.saga)
        expect(sale).toMatchObject({ ...at.sums, refundedMinor: CAPTURED, creditedMinor: CAPTURED })
        expect(sale.claims.filter(({ refund }) => refund === 'OPEN')).toEqual([])
        if (first === cancelling) expect(at.saga.stage.status).toBe('CANCELLED')
      }),
      { numRuns: 1_000 },
    )
  },
)

test('a reversal that arrives after other refunds have returned the whole payment leaves no open claim', () => {
  const at = world(returned)
  at.ask()
  at.staff(2n)
  const [first, second] = [0, 1]
  at.reverse(second)
  at.staff(5n)
  at.reverse(first)
  at.staff(5n)
  expect(at.sums).toEqual({ refundedMinor: CAPTURED, reversedMinor: 10n })
  const sent = { lastOfStaff: 6, refunds: [first, second], reversalOfSecond: 3, reversalOfFirst: 5 }
  for (const place of [sent.lastOfStaff, ...sent.refunds, sent.reversalOfSecond, sent.reversalOfFirst])
    at.deliver(place)
  expect(saleOf(at.saga).claims.map(({ refund }) => refund)).toEqual(['DONE', 'DONE'])
})
