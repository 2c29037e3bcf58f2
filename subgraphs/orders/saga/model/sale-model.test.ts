import { describe, expect, test } from 'vitest'
import { decide } from '../decide.ts'
import { saleOf } from '../evolve.ts'
import type { SagaInput } from '../inputs.ts'
import { isOutstanding } from '../outstanding.ts'
import type { SagaEvent } from '../saga-events.ts'
import { explore, pathTo, settler } from './explore.ts'
import { CAPTURED, heal, keyOf, refundedOf, type Scope, saleModel, type World } from './sale-world.ts'

const ALLOWED = new Set([
  'AWAITING_PAYMENT CONFIRMED',
  ...['CONFIRMED FULFILLING', 'CONFIRMED SHIPPED', 'CONFIRMED CANCELLING'],
  ...['FULFILLING SHIPPED', 'FULFILLING CANCELLING'],
  ...['SHIPPED DELIVERED', 'SHIPPED REFUNDED', 'DELIVERED REFUNDED'],
  ...['CANCELLING CANCELLED', 'CANCELLING SHIPPED', 'CANCELLING DELIVERED'],
])

/** The invariants of every state and transition. */
function law(world: World, from: World | null): string | null {
  const { saga, shipping } = world
  const { status } = saga.stage
  const { refundedMinor, capturedMinor } = saleOf(saga)
  if (refundedMinor > refundedOf(world)) return 'more is noted as paid back than was'
  if (status === 'CANCELLED' && shipping !== 'CANCELLED') return 'cancelled, and still ships'
  if (status === 'CANCELLED' && refundedOf(world) !== CAPTURED) return 'cancelled, and still owed'
  if (status !== 'AWAITING_PAYMENT' && capturedMinor !== CAPTURED) return 'the captured amount changed'
  if (!from) return null
  const { stage: before, version } = from.saga
  return isWay(before.status, status, saga.version - version)
    ? null
    : `${before.status} ${version} became ${status} ${saga.version}`
}

/**
 * Tests whether a status is reachable from another by this number of legal changes: one input may cause two.
 */
function isWay(from: string, to: string, changes: number): boolean {
  if (changes === 0) return from === to
  const next = [...ALLOWED].map((pair) => pair.split(' ')).filter(([before]) => before === from)
  return changes > 0 && next.some(([, between = '']) => isWay(between, to, changes - 1))
}

/** The first disagreement of a settled order with the participants; null if none. */
function disagreement(world: World): string | null {
  const { saga, restocks, refunds, network } = world
  const sale = saleOf(saga)
  const { status } = saga.stage
  if (isOutstanding(saga)) return 'rests, and has a command to repeat'
  if (sale.refundedMinor !== refundedOf(world)) return 'the order does not know what was paid back'
  if (status === 'CANCELLED') return restocks.includes('cancel') ? null : 'the stock did not come back'
  if (status !== 'DELIVERED' && status !== 'REFUNDED') return `rests as ${status}`
  const open = sale.claims.filter(({ refund, restocked }) => refund === 'OPEN' || !restocked)
  if (open.length > 0) return 'a claim is open'
  const claimed = sale.claims.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  if (claimed + (refunds.staff ?? 0n) !== refundedOf(world)) return 'claims and refunds differ'
  const returns = sale.claims.filter(({ kind }) => kind === 'RETURN')
  if (returns.some(({ id }) => !network.includes(`return-refunded ${id}`)))
    return 'a return has no message that it was refunded'
  if (returns.some(({ id }) => !restocks.includes(id))) return 'a return is not on the shelf'
  return (status === 'REFUNDED') === (sale.claims.length === 2)
    ? null
    : `${sale.claims.length} claims, ${status}`
}

/** The number of states of a model, and the first violation. */
function explored(scope: Scope): { states: number; fault: { what: string; path: string[] } | null } {
  const { worlds, fault } = explore(saleModel(scope), law)
  const states = worlds.length
  if (fault) return { states, fault }
  const rest = settler(keyOf, (world) => heal(world, scope))
  for (const found of worlds) {
    const what = disagreement(rest(found.world))
    if (what) return { states, fault: { what, path: pathTo(found) } }
  }
  return { states, fault: null }
}

const whole: Scope = { rules: decide, failing: [], returning: [], staffRefunds: false, cancels: false }

// A model that has lost a part has fewer states. A change of the rules may change their number.
test.each<[string, states: number, Partial<Scope>]>([
  ['a cancellation after the payment, with a refund by staff', 4_718, { cancels: true, staffRefunds: true }],
  ['a cancellation while a parcel fails', 2_392, { cancels: true, failing: [1] }],
  [
    'a cancellation while a parcel fails that has not left',
    3_925,
    { cancels: true, failing: [1], failsAtHome: true },
  ],
  ['parcels that fail', 646, { failing: [0, 1] }],
  ['a failed parcel and a refund by staff', 1_370, { failing: [1], staffRefunds: true }],
  ['a return and a failed parcel', 4_479, { returning: [0], failing: [1] }],
  ['two returns', 670, { returning: [0, 1], arrived: true }],
  ['a return and a refund by staff', 60, { returning: [0], staffRefunds: true, arrived: true }],
])('%s: the order comes to an end that agrees with all, however messages come', (_, states, part) => {
  expect(explored({ ...whole, ...part })).toEqual({ states, fault: null })
})

test('every kind of end is among the states explored', () => {
  const ends = (part: Partial<Scope>) =>
    new Set(explore(saleModel({ ...whole, ...part })).worlds.map(({ world }) => world.saga.stage.status))
  expect([...ends({ cancels: true })]).toEqual(
    expect.arrayContaining(['FULFILLING', 'SHIPPED', 'DELIVERED', 'CANCELLING', 'CANCELLED']),
  )
  expect([...ends({ failing: [0, 1] })]).toEqual(expect.arrayContaining(['SHIPPED', 'DELIVERED', 'REFUNDED']))
})

describe('each guard is needed: without it the model finds a fault', () => {
  const broken =
    (step: string, type: SagaInput['type'], events: readonly SagaEvent[]): typeof decide =>
    (order, saga, input) =>
      saga.stage.step === step && input.type === type ? events : decide(order, saga, input)
  const cancelled: SagaEvent = { type: 'OrderCancelled', reason: 'CUSTOMER_REQUEST' }
  const heldBack: SagaEvent = { type: 'ParcelsHeldBack', undo: { stock: 'RESTOCK', payment: null } }

  test.each<[string, Partial<Scope>]>([
    [
      'cancelling without asking shipping',
      { cancels: true, rules: broken('ARRANGING', 'CancelRequested', [cancelled]) },
    ],
    [
      'no refund after the parcels are held back',
      { cancels: true, rules: broken('RECALLING', 'ShippingCancelled', [heldBack]) },
    ],
    ['a refusal that is ignored', { cancels: true, rules: broken('RECALLING', 'ShippingCancelRefused', []) }],
    ['no tombstone when a cancel arrives before its create', { cancels: true, forgetsCancel: true }],
    [
      'a failed parcel that is not paid back',
      { failing: [1], rules: broken('DELIVERING', 'ShipmentFailed', []) },
    ],
    [
      'a refund that overtakes its capture and is not noted',
      { staffRefunds: true, rules: broken('CAPTURING', 'PaymentRefunded', []) },
    ],
    [
      'a refused refund that is not tried again',
      { cancels: true, staffRefunds: true, rules: broken('UNDOING', 'RefundFailed', []) },
    ],
  ])('%s', (_, part) => {
    expect(explored({ ...whole, ...part }).fault).not.toBeNull()
  })
})
