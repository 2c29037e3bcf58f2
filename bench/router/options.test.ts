import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('without options scenario one is run with all', () => {
  expect(parseOptions([], '/here')).toEqual({
    ...{ scenarios: ['one'], only: [], rounds: 3, seconds: 8, connections: 50, changing: 0, minutes: 5 },
    ...{ profile: false, product: '/here' },
  })
})

test('an unknown value is refused with the known ones', () => {
  expect(() => parseOptions(['--scenario', 'two'], '')).toThrow(
    '"two" is not a scenario: allowed are one, many',
  )
  expect(() => parseOptions(['--rounds', 'x'], '')).toThrow('--rounds "x" is not a number from 1 to 50')
  expect(() => parseOptions(['--seconds', ''], '')).toThrow('Option \'--seconds\' is ""')
  expect(() => parseOptions(['--what'], '')).toThrow("Unknown option '--what'")
})

test('lists are separated by commas; help is no run', () => {
  expect(parseOptions(['--scenario', 'many,cold', '--only', 'stock,argyle'], '')).toMatchObject({
    ...{ scenarios: ['many', 'cold'], only: ['stock', 'argyle'] },
  })
  expect(parseOptions(['--help'], '')).toBeNull()
})
