import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'

test('without options: a minute of any seed, one instance of each subgraph', () => {
  expect(readCommandLine([], 42)).toEqual({
    seed: 42,
    lengthMs: 60_000,
    instances: 1,
    shoppers: 16,
    everyMs: 1_200,
    keeps: false,
  })
})

test('options are parsed, up to their bounds', () => {
  const args = '--seed 2147483647 --minutes 0.25 --instances 2 --shoppers 50 --every 100 --keep'.split(' ')
  expect(readCommandLine(args, 1)).toEqual({
    seed: 2_147_483_647,
    lengthMs: 15_000,
    instances: 2,
    shoppers: 50,
    everyMs: 100,
    keeps: true,
  })
  expect(readCommandLine(['--help'], 1)).toBeNull()
})

test.each([
  [['--seed', '2147483648'], '--seed is "2147483648": allowed is a whole number from 0 to 2147483647'],
  [['--seed', 'abc'], '--seed is "abc": allowed'],
  [['--minutes', '0'], '--minutes is "0": allowed is a number above 0 and up to 1440, such as 0.5'],
  [['--minutes', '1441'], '--minutes is "1441": allowed'],
  [['--shoppers', '51'], '--shoppers is "51": allowed is a whole number from 1 to 50'],
  [['--every', '99'], '--every is "99": allowed is a whole number from 100 to 600000'],
  [['--instances', '9'], '--instances is "9": allowed'],
  [['--seeds', '1'], 'there are --seed, --minutes'],
])('%j is refused', (args, message) => {
  expect(() => readCommandLine(args, 1)).toThrow(message)
})
