import { expect, test } from 'vitest'
import { operationTime } from './deadline.ts'

test.each([
  [undefined, 10_000, 10_000],
  ['5000', 10_000, 4_750],
  ['8000', 10_000, 7_750],
  ['999999999', 10_000, 10_000],
  ['100', 10_000, 95],
  ['1', 10_000, 1],
])('a caller that waits %s ms gives an operation of at most %d ms %d ms', (header, most, time) => {
  expect(operationTime(header, most)).toBe(time)
})

test.each(['', '0', '-1', '1.5', '1e3', ' 5', '0x10', '1000000000', '5000, 1', 'soon', '５'])(
  '%j is refused',
  (header) => {
    expect(() => operationTime(header, 10_000)).toThrow(
      `x-request-timeout-ms is ${JSON.stringify(header)}: allowed is a whole number from 1 to 999999999`,
    )
  },
)
