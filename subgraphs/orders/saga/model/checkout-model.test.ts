import { describe, expect, test } from 'vitest'
import { anOldOrder, aSagaOrder } from '../../testing/a-saga-order.ts'
import { decide } from '../decide.ts'
import type { SagaInput } from '../inputs.ts'
import type { SagaEvent } from '../saga-events.ts'
import {
  checkoutModel,
  forgetful,
  heal,
  inventory,
  keyOf,
  type Parts,
  payments,
  SHIPPED_AND_PAID,
  type World,
} from './checkout-world.ts'
import { explore, pathTo, settler } from './explore.ts'

const ALLOWED = new Set([
  'PENDING AWAITING_PAYMENT',
  'PENDING CONFIRMED',
  'PENDING CANCELLING',
  'PENDING CANCELLED',
  'AWAITING_PAYMENT CONFIRMED',
  'AWAITING_PAYMENT CANCELLING',
  'CANCELLING CANCELLED',
])
/** Payment states that hold no money and never will. */
const CLOSED: ReadonlySet<string> = new Set(['NONE', 'VOIDED', 'DECLINED', 'CAPTURE_FAILED'])

/** The invariants of every state and transition. */
function law({ saga, stock, payment }: World, from: World | null, parts: Parts): string | null {
  const { order } = parts
  const { status } = saga.stage
  // A participant that forgets its rejections may hold stock until the saga finds the stray hold.
  if (status === 'CANCELLED' && stock === 'HELD' && parts.stock !== forgetful)
    return 'cancelled with stock held'
  const paid = order.paymentMethodId === null ? 'NONE' : 'CAPTURED'
  if (status === 'CONFIRMED' && (stock !== 'COMMITTED' || payment !== paid))
    return `confirmed with stock ${stock} and payment ${payment}`
  if (status === 'CANCELLED' && (stock === 'COMMITTED' || !CLOSED.has(payment)))
    return `cancelled with stock ${stock} and payment ${payment}`
  if (!from) return null
  const { saga: before } = from
  const isMove = before.stage.status !== status
  if (isMove && !ALLOWED.has(`${before.stage.status} ${status}`))
    return `${before.stage.status} became ${status}`
  return saga.version === before.version + (isMove ? 1 : 0) ? null : `version ${saga.version}`
}

/** Tests whether a settled order agrees with inventory and payments. */
function isAgreed({ saga, stock, payment }: World): boolean {
  if (saga.stage.status === 'CONFIRMED') return true
  if (saga.stage.status !== 'CANCELLED') return false
  return stock !== 'HELD' && stock !== 'COMMITTED' && CLOSED.has(payment)
}

/** The number of states of a model, and the first violation: a broken invariant, or an order that does not settle. */
function explored(parts: Parts): { states: number; fault: { what: string; path: string[] } | null } {
  const { worlds, fault } = explore(checkoutModel(parts), (world, from) => law(world, from, parts))
  const states = worlds.length
  if (fault) return { states, fault }
  for (const gateway of ['AUTHORIZED', 'DECLINED'] as const) {
    const rest = settler(keyOf, (world) => heal(world, parts, gateway))
    const stuck = worlds.find(({ world }) => !isAgreed(rest(world)))
    if (stuck) return { states, fault: { what: `rests as ${keyOf(rest(stuck.world))}`, path: pathTo(stuck) } }
  }
  return { states, fault: null }
}

const whole: Parts = { order: SHIPPED_AND_PAID, rules: decide, stock: inventory, payment: payments }
const MODELS: [string, Parts, states: number][] = [
  ['an order that is paid and shipped', whole, 936],
  ['an order of before payments', { ...whole, order: anOldOrder() }, 58],
  ['an order that is paid later', { ...whole, order: aSagaOrder({ payLater: true }) }, 968],
]
const FORGETFUL: [string, Parts, states: number][] = [1_964, 104, 2_032].map((states, index) => {
  const [name, parts] = MODELS[index] ?? ['', whole]
  return [`${name}, with an inventory that forgets its rejections`, { ...parts, stock: forgetful }, states]
})

// A model that has lost a part has fewer states. A change of the rules may change their number.
test.each([...MODELS, ...FORGETFUL])(
  '%s comes to an end that agrees with all, by legal steps, however messages come',
  (_, parts, states) => {
    expect(explored(parts)).toEqual({ states, fault: null })
  },
)

test('a fault is told with the shortest way to it', () => {
  const counter = {
    ...{ start: 0, keyOf: String },
    movesOf: (n: number) => [['one', n + 1] as const, ['two', n + 2] as const],
  }
  const isThree = (n: number) => (n === 3 ? 'it is three' : null)
  const { fault } = explore(counter, isThree)
  expect(fault).toEqual({ what: 'it is three', path: ['start', 'one', 'two'] })
})

test('an order that does not settle within 50 rounds is a fault', () => {
  const restsAt = (end: number) => settler<number>(String, (n) => Math.min(n + 1, end))(0)
  expect(restsAt(51)).toBe(51)
  expect(() => restsAt(52)).toThrow('not settled after 50 rounds: 51')
})

test('every kind of end is among the states explored', () => {
  const { worlds } = explore(checkoutModel(whole))
  const ends = new Set(
    worlds
      .filter(({ world: { saga } }) => saga.stage.step === 'DONE' || saga.stage.step === 'ARRANGING')
      .map(({ world: { saga, stock, payment } }) => `${saga.stage.status} ${stock} ${payment}`),
  )
  expect([...ends]).toEqual(
    expect.arrayContaining([
      'CONFIRMED COMMITTED CAPTURED',
      'CANCELLED RELEASED VOIDED',
      'CANCELLED RELEASED DECLINED',
      'CANCELLED EXPIRED VOIDED',
      'CANCELLED REJECTED NONE',
      'CANCELLED RESTOCKED CAPTURE_FAILED',
    ]),
  )
})

describe('each guard is needed: without it the model finds a fault', () => {
  const began = (undo: object): SagaEvent =>
    // A broken participant may return values that its type forbids.
    ({
      type: 'CancellationBegan',
      reason: 'CUSTOMER_REQUEST',
      undo,
      because: null,
    }) as SagaEvent
  const broken =
    (step: string, type: SagaInput['type'], events: readonly SagaEvent[]): typeof decide =>
    (order, saga, input) =>
      saga.stage.step === step && input.type === type ? events : decide(order, saga, input)
  const confirmed: SagaEvent = { type: 'OrderConfirmed', capturedMinor: 12n, allocations: [], ships: true }
  const cancelled: SagaEvent = { type: 'OrderCancelled', reason: 'CUSTOMER_REQUEST' }

  test.each<[string, Partial<Parts>]>([
    ['confirming before the commit', { rules: broken('AUTHORIZING', 'PaymentAuthorized', [confirmed]) }],
    ['confirming before the capture', { rules: broken('COMMITTING_STOCK', 'StockCommitted', [confirmed]) }],
    [
      'cancelling past the pivot',
      {
        rules: broken('COMMITTING_STOCK', 'CancelRequested', [began({ stock: 'RELEASE', payment: 'VOID' })]),
      },
    ],
    [
      'cancelling without waiting for the void',
      { rules: broken('AUTHORIZING', 'CancelRequested', [began({ stock: 'RELEASE', payment: null })]) },
    ],
    [
      'cancelling without waiting for anything',
      { rules: broken('AUTHORIZING', 'CancelRequested', [cancelled]) },
    ],
    [
      'waiting for ever for a customer who chooses nothing',
      { order: aSagaOrder({ payLater: true }), rules: broken('CHOOSING_PAYMENT', 'TimedOut', []) },
    ],
    [
      'waiting for the void of a payment that was never asked for, with its release lost',
      {
        order: aSagaOrder({ payLater: true }),
        rules: broken('CHOOSING_PAYMENT', 'CancelRequested', [cancelled]),
      },
    ],
    ['waiting for a hold that ran out', { rules: broken('COMMITTING_STOCK', 'ReservationExpired', []) }],
    ['waiting for a capture that failed', { rules: broken('CAPTURING', 'CaptureFailed', []) }],
    ['keeping a stray hold', { rules: broken('DONE', 'StockReserved', []), stock: forgetful }],
    [
      'no tombstone when a release arrives before its reserve',
      {
        stock: (stock, command, inStock) =>
          stock === 'NONE' && command === 'inventory.release'
            ? { state: 'NONE', answer: 'StockReleased' }
            : inventory(stock, command, inStock),
      },
    ],
    [
      'no tombstone when a void arrives before its authorize',
      {
        payment: (payment, command) =>
          payment === 'NONE' && command === 'payments.void'
            ? [{ state: 'NONE', answer: 'PaymentVoided' }]
            : payments(payment, command),
      },
    ],
    [
      'no VOID_PENDING: a void is answered while the gateway call is in flight',
      {
        payment: (payment, command) =>
          payment === 'PROCESSING' && command === 'payments.void'
            ? [{ state: 'PROCESSING', answer: 'PaymentVoided' }]
            : payments(payment, command),
      },
    ],
  ])('%s', (_, part) => {
    expect(explored({ ...whole, ...part }).fault).not.toBeNull()
  })
})
