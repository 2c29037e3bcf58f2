import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { receiveReturnInput, requestReturnInput } from './return-input.ts'

const linesOf = (count: number) =>
  Array.from({ length: count }, () => ({ orderLineId: newId('oln'), quantity: 1, restock: true }))

test('a return is asked for and received with 1 to 100 lines', () => {
  const asked = { idempotencyKey: 'a key of some length', orderId: newId('ord') }
  const received = { id: newId('ret'), expectedVersion: 1 }
  const isTaken = (count: number) => [
    requestReturnInput.safeParse({ ...asked, lines: linesOf(count) }).success,
    receiveReturnInput.safeParse({ ...received, lines: linesOf(count) }).success,
  ]
  expect([0, 1, 100, 101].map(isTaken)).toEqual([
    [false, false],
    [true, true],
    [true, true],
    [false, false],
  ])
})

test('up to a million units of a line are asked for and received', () => {
  const [line] = linesOf(1)
  const isTaken = (quantity: number) =>
    [requestReturnInput, receiveReturnInput].map(
      ({ shape }) => shape.lines.safeParse([{ ...line, quantity }]).success,
    )
  expect([0, 1, 1_000_000, 1_000_001].map(isTaken)).toEqual([
    [false, true],
    [true, true],
    [true, true],
    [false, false],
  ])
})
