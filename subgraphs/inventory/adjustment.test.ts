import { expect, test } from 'vitest'
import { type Adjustment, adjust } from './adjustment.ts'
import { setIncoming, setReorderPoint } from './replenishment.ts'
import { crossing, MAX_UNITS, recoveryPoint } from './stock-level.ts'
import { aLevel } from './testing/a-level.ts'

function asked(change: Partial<Adjustment>): Adjustment {
  return { stockLevelId: 'stk_1', delta: 1, reason: 'COUNT_CORRECTION', ...change }
}

test('a delivery comes in and is no longer announced', () => {
  const level = aLevel({ onHand: 4, incoming: 10 })
  const decision = adjust(level, asked({ delta: 12, reason: 'RECEIVED' }), 'usr_1')
  expect(decision).toMatchObject({ ok: true, value: { after: { onHand: 16, incoming: 0 } } })
  expect(decision).toMatchObject({ value: { cause: { kind: 'RECEIVED', orderId: null, actorId: 'usr_1' } } })
})

test.each([
  { reason: 'RETURNED', delta: 1 },
  { reason: 'COUNT_CORRECTION', delta: 1 },
  { reason: 'COUNT_CORRECTION', delta: -1 },
  { reason: 'DAMAGED', delta: -1 },
] as const)('$reason by $delta does not count as the announced delivery', ({ reason, delta }) => {
  const decision = adjust(aLevel({ incoming: 10 }), asked({ delta, reason }), 'usr_1')
  const after = { onHand: 10 + delta, incoming: 10 }
  expect(decision).toMatchObject({ ok: true, value: { after, cause: { kind: reason } } })
})

test.each([
  { reason: 'RECEIVED', delta: -1, allowed: 'more than 0 for RECEIVED' },
  { reason: 'RECEIVED', delta: 0, allowed: 'more than 0 for RECEIVED' },
  { reason: 'RETURNED', delta: -1, allowed: 'more than 0 for RETURNED' },
  { reason: 'DAMAGED', delta: 1, allowed: 'less than 0 for DAMAGED' },
  { reason: 'DAMAGED', delta: 0, allowed: 'less than 0 for DAMAGED' },
  { reason: 'COUNT_CORRECTION', delta: 0, allowed: 'anything but 0' },
] as const)('$reason by $delta is refused', ({ reason, delta, allowed }) => {
  const decision = adjust(aLevel(), asked({ reason, delta }), 'usr_1')
  const message = `delta is ${delta}: allowed is ${allowed}`
  expect(decision).toMatchObject({
    ok: false,
    errors: [{ __typename: 'ValidationError', message, path: ['delta'] }],
  })
})

test('units that are promised cannot be taken', () => {
  const level = aLevel({ onHand: 10, reserved: 7 })
  expect(adjust(level, asked({ delta: -3 }), 'usr_1').ok).toBe(true)
  expect(adjust(level, asked({ delta: -4 }), 'usr_1')).toMatchObject({
    ok: false,
    errors: [
      {
        __typename: 'InsufficientStockError',
        message: 'delta is -4, but of 10 on hand 7 are reserved for orders: allowed is -3 or more',
        availableQuantity: 3,
      },
    ],
  })
})

test('a change that rests on another count is refused with the version to read', () => {
  const level = aLevel({ onHand: 10, version: 7 })
  expect(adjust(level, asked({ changeFromOnHand: 10 }), 'usr_1').ok).toBe(true)
  expect(adjust(level, asked({ changeFromOnHand: null }), 'usr_1').ok).toBe(true)
  expect(adjust(level, asked({ changeFromOnHand: 0 }), 'usr_1')).toMatchObject({
    errors: [{ __typename: 'VersionConflictError', path: ['changeFromOnHand'] }],
  })
  expect(adjust(level, asked({ changeFromOnHand: 9 }), 'usr_1')).toMatchObject({
    ok: false,
    errors: [
      {
        __typename: 'VersionConflictError',
        message: 'changeFromOnHand is 9, but 10 are on hand now: count again and repeat the change',
        currentVersion: 7,
        path: ['changeFromOnHand'],
      },
    ],
  })
})

test('no level grows beyond what fits', () => {
  const level = aLevel({ onHand: MAX_UNITS - 1 })
  expect(adjust(level, asked({ delta: 1 }), 'usr_1').ok).toBe(true)
  expect(adjust(level, asked({ delta: 2 }), 'usr_1')).toMatchObject({
    ok: false,
    errors: [
      {
        message: `delta is 2, but ${MAX_UNITS - 1} are on hand: allowed is a sum of up to ${MAX_UNITS}`,
        path: ['delta'],
      },
    ],
  })
})

test('settings change only at the version that was read', () => {
  const level = aLevel({ version: 4 })
  const stale = { stockLevelId: level.id, expectedVersion: 3, incoming: 5, reorderPoint: 5 }
  const refusal = { ok: false, errors: [{ __typename: 'VersionConflictError', currentVersion: 4 }] }
  expect(setIncoming(level, stale)).toMatchObject(refusal)
  expect(setReorderPoint(level, stale)).toMatchObject(refusal)
  const fresh = { ...stale, expectedVersion: 4 }
  expect(setIncoming(level, fresh)).toMatchObject({
    ok: true,
    value: { after: { incoming: 5 }, cause: null },
  })
  expect(setReorderPoint(level, fresh)).toMatchObject({ ok: true, value: { after: { reorderPoint: 5 } } })
})

test.each([
  { from: 3, to: 2, crosses: 'FELL' },
  { from: 3, to: 0, crosses: 'FELL' },
  { from: 2, to: 1, crosses: null },
  { from: 4, to: 3, crosses: null },
  // The units of a cancelled order: the alert remains, and the next order that takes them raises no second
  // alert.
  { from: 2, to: 3, crosses: null },
  { from: 7, to: 2, crosses: 'FELL' },
  { from: 2, to: 7, crosses: null },
  { from: 7, to: 8, crosses: 'ROSE' },
  { from: 2, to: 50, crosses: 'ROSE' },
  { from: 8, to: 9, crosses: null },
])('with a reorder point of 2, from $from to $to: $crosses', ({ from, to, crosses }) => {
  const [before, after] = [aLevel({ onHand: from }), aLevel({ onHand: to })]
  expect(crossing({ before, after, cause: null })).toBe(crosses)
})

test.each([
  [0, 5],
  [2, 7],
  [25, 30],
  [26, 32],
  [100, 120],
])('a level with a reorder point of %i is filled up again above %i', (reorderPoint, point) => {
  expect(recoveryPoint({ reorderPoint })).toBe(point)
})

test('raising the reorder point above what is there makes the level low; lowering it again fills it up', () => {
  const before = aLevel({ onHand: 10, reorderPoint: 2 })
  const after = { ...before, reorderPoint: 10 }
  expect(crossing({ before, after, cause: null })).toBe('FELL')
  expect(crossing({ before: after, after: before, cause: null })).toBe('ROSE')
})
