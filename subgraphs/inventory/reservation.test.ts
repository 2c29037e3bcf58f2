import { expect, test } from 'vitest'
import { type Command, decide, end, hold } from './reservation.ts'
import { aLevel } from './testing/a-level.ts'

const commands: Command[] = ['reserve', 'commit', 'release', 'restock', 'expire']

test('every command to a settled reservation is answered and changes nothing', () => {
  for (const status of ['RELEASED', 'EXPIRED', 'REJECTED'] as const) {
    for (const command of commands) expect(decide(status, command).does).toBe('answer')
  }
})

test('sold units come back by a restock only', () => {
  for (const status of ['COMMITTED', 'RESTOCKED'] as const) {
    expect(commands.filter((command) => decide(status, command).does !== 'answer')).toEqual(['restock'])
    expect(decide(status, 'restock').does).toBe('take back')
  }
})

test('a release that finds nothing closes the order; a commit and a restock wait for what must come before', () => {
  expect(decide(null, 'release').does).toBe('close')
  expect(decide(null, 'commit').does).toBe('wait')
  expect(decide(null, 'restock').does).toBe('wait')
  expect(decide('HELD', 'restock').does).toBe('wait')
})

test('a release is answered as released wherever nothing is held', () => {
  for (const status of ['RELEASED', 'EXPIRED', 'REJECTED'] as const) {
    expect(decide(status, 'release')).toEqual({ does: 'answer', as: 'RELEASED' })
  }
  expect(decide('COMMITTED', 'release')).toEqual({ does: 'answer', as: 'COMMITTED' })
})

test.each([
  { to: 'COMMITTED', onHand: 6, reserved: 1 },
  { to: 'RELEASED', onHand: 10, reserved: 1 },
  { to: 'EXPIRED', onHand: 10, reserved: 1 },
] as const)('$to leaves $onHand on hand and $reserved promised', ({ to, ...after }) => {
  const level = aLevel({ onHand: 10, reserved: 5 })
  const [change] = end('ord_1', [{ level, quantity: 4 }], to)
  expect(change).toMatchObject({ before: level, after, cause: { kind: to, orderId: 'ord_1' } })
})

test('a hold promises units and moves none', () => {
  const [change] = hold('ord_1', [{ level: aLevel({ onHand: 10, reserved: 5 }), quantity: 4 }])
  expect(change).toMatchObject({ after: { onHand: 10, reserved: 9 }, cause: { kind: 'RESERVED' } })
})
