import { describe, expect, test } from 'vitest'
import { bench } from './bench.ts'
import { readInvocation } from './command-line.ts'

const walk = bench({
  name: 'walk',
  measures: 'steps, against leaps',
  options: { runs: { meaning: 'how often', default: 5, min: 1, max: 20 } },
  run: async () => ({ tables: [], notes: [], data: {} }),
})
const swim = { name: 'swim', measures: 'strokes, against waves', main: async () => 0 }
const wish = (...args: string[]) => readInvocation(args, [walk, swim])

test('options left out have their defaults', () => {
  expect(wish('walk')).toEqual({ kind: 'run', bench: walk, values: { runs: 5 }, limit: 180, json: null })
})

test('options are parsed', () => {
  expect(wish('walk', '--runs', '2', '--limit', '9', '--json', 'out.json')).toMatchObject({
    values: { runs: 2 },
    limit: 9,
    json: 'out.json',
  })
})

test.each([[[]], [['--help']]])('%j lists the benchmarks', (args) => {
  expect(wish(...args)).toMatchObject({
    kind: 'help',
    text: expect.stringMatching(/walk +steps, against leaps/),
  })
})

test('a benchmark lists its options', () => {
  expect(wish('walk', '--help')).toMatchObject({
    kind: 'help',
    text: expect.stringMatching(/--runs N +how often \(default: 5\)[\s\S]*--json FILE/),
  })
})

test('a benchmark with options of its own gets them unread', () => {
  expect(wish('swim', '--far', '--help')).toEqual({ kind: 'other', bench: swim, args: ['--far', '--help'] })
})

describe('an invalid option is repeated with the allowed values', () => {
  test.each([
    [['run'], 'there is no benchmark "run": there are walk, swim'],
    [['walk', '--runs', '0'], '--runs "0" is not allowed: it takes a whole number from 1 to 20'],
    [['walk', '--runs', '21'], '--runs "21" is not allowed: it takes a whole number from 1 to 20'],
    [['walk', '--runs', '1.5'], '--runs "1.5" is not allowed: it takes a whole number from 1 to 20'],
    [['walk', '--limit', 'soon'], '--limit "soon" is not allowed: it takes a whole number from 1 to 86400'],
    [['walk', '--fast'], "Unknown option '--fast': there are --runs, --limit, --json, --help"],
  ])('%j', (args, message) => {
    expect(() => wish(...args)).toThrow(message)
  })
})
