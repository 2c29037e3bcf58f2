import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AMOUNT, type ModelWorld, modelWorld, type Nature } from '../testing/model-world.ts'
import { refundableMinor } from './decide.ts'

const pick = fc.nat({ max: 7 })
const fate = fc.constantFrom('answered', 'late', 'lost', 'unsent')

type Step = (world: ModelWorld) => void

/** All inputs, in any order, repeated, or never. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((world) => world.input({ type: 'Authorize', amountMinor: AMOUNT, isMethodKnown: true })),
  fc.constant<Step>((world) => world.input({ type: 'Capture' })),
  fc.constant<Step>((world) => world.input({ type: 'Void' })),
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.bigInt({ min: -1n, max: AMOUNT })).map(
    ([key, amount]): Step =>
      (world) =>
        world.refund(key, amount),
  ),
  fc.tuple(pick, fate).map(
    ([which, how]): Step =>
      (world) =>
        world.make(which, how),
  ),
  fc.tuple(pick, fate).map(
    ([which, how]): Step =>
      (world) =>
        world.make(which, how),
  ),
  pick.map(
    (which): Step =>
      (world) =>
        world.late(which),
  ),
  fc.boolean().map(
    (isLate): Step =>
      (world) =>
        world.look(isLate),
  ),
  fc.boolean().map(
    (isApproved): Step =>
      (world) =>
        world.gateway.step(isApproved),
  ),
  fc.constant<Step>((world) => world.gateway.drop()),
  fc.constantFrom('a', 'b', 'c').map(
    (key): Step =>
      (world) =>
        world.failRefund(key),
  ),
  fc.constant<Step>((world) => world.input({ type: 'ActionTimedOut' })),
  fc.constant<Step>((world) => world.input({ type: 'AuthorizationLapsed' })),
)

const nature = fc.constantFrom<Nature>('approve', 'decline', 'step', 'capture_refused')

/** The invariants after every step. */
function check({ payment, gateway }: ModelWorld): void {
  expect(gateway.book.authorizations).toBeLessThanOrEqual(1)
  expect(gateway.book.refunded <= gateway.book.captured).toBe(true)
  if (!payment) return
  const { amountMinor, authorizedMinor, capturedMinor, refundingMinor, refundedMinor } = payment
  const sums = [0n, refundedMinor, refundingMinor, capturedMinor, authorizedMinor, amountMinor]
  expect(sums.every((sum, place) => place === 0 || (sums[place - 1] ?? 0n) <= sum)).toBe(true)
  expect(refundableMinor(payment) >= 0n).toBe(true)
}

/** Ends all faults: all calls are answered, waiting authentications time out, and the gateway is read. */
function heal(world: ModelWorld): void {
  for (let round = 0; round < 12; round++) {
    // Bounds the loop in case a call never completes.
    for (let turn = 0; world.isBusy && turn < 100; turn++) world.make(turn, 'answered')
    expect(world.isBusy).toBe(false)
    world.look(false)
    world.input({ type: 'ActionTimedOut' })
  }
}

test('in any order, twice or lost: sums hold, and at rest payment and gateway agree', () => {
  fc.assert(
    fc.property(nature, fc.array(step, { maxLength: 40 }), (how, steps) => {
      const world = modelWorld(how)
      for (const run of steps) {
        run(world)
        check(world)
      }
      heal(world)
      check(world)
      const { payment, gateway, refunds } = world
      expect(payment?.capturedMinor ?? 0n).toBe(gateway.book.captured)
      expect(payment?.refundedMinor ?? 0n).toBe(gateway.book.refunded)
      expect(payment?.refundingMinor ?? 0n).toBe(gateway.book.refunded)
      expect([...refunds.values()].filter(({ status }) => status === 'PENDING')).toEqual([])
      expect(gateway.isOpen).toBe(payment?.status === 'AUTHORIZED')
    }),
    { numRuns: 2_000 },
  )
})

test('whatever happened before, a void without a capture leaves no open authorization', () => {
  fc.assert(
    fc.property(nature, fc.array(step, { maxLength: 30 }), (how, steps) => {
      const world = modelWorld(how)
      for (const run of steps) run(world)
      world.input({ type: 'Void' })
      heal(world)
      world.input({ type: 'Void' })
      heal(world)
      expect(world.gateway.isOpen).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})

test('each event raises the version by one; a report changes nothing', () => {
  fc.assert(
    fc.property(nature, fc.array(step, { maxLength: 30 }), (how, steps) => {
      const world = modelWorld(how)
      for (const run of steps) run(world)
      const changes = world.events.filter(({ type }) => type !== 'Reported').length
      expect(world.payment?.version ?? 0).toBe(changes)
    }),
    { numRuns: 500 },
  )
})
