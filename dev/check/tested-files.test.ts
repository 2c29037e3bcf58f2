import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { testFaults } from './tested-files.ts'

/** A source with this number of lines. */
const source = (lines: number, first = 'const line = 1') =>
  `${[first, ...Array(lines - 1).fill('')].join('\n')}x`
const faults = (file: string, text: string) => testFaults(root, file, text)

test('a file of 79 lines needs no test of its own', () => {
  expect(faults('dev/example.ts', source(79))).toEqual([])
})

test('a file of 80 lines needs one, and the message says how', () => {
  expect(faults('dev/example.ts', source(80))).toEqual([
    'dev/example.ts: 80 lines need a test of their own name beside them, or in the first 5 lines "// Tested in PATH: why not here"',
  ])
})

test('a test of its name beside it is enough, with or without a database', () => {
  expect(faults('dev/check/tested-files.ts', source(80))).toEqual([])
  expect(faults('subgraphs/users/account/account-store.ts', source(80))).toEqual([])
})

test('so is the place where it is tested, with the reason', () => {
  const note = '// Tested in check/tested-files.test.ts: the two are one part.'
  expect(faults('dev/example.ts', source(80, note))).toEqual([])
  expect(faults('dev/example.ts', source(80, '// Tested in check/tested-files.test.ts'))).toHaveLength(1)
  expect(faults('dev/example.ts', `${'\n'.repeat(5)}${source(80, note)}`)).toHaveLength(1)
})

test('a place that does not exist is no place', () => {
  expect(faults('dev/example.ts', source(80, '// Tested in gone.test.ts: it moved.'))).toEqual([
    'dev/example.ts: says that it is tested in gone.test.ts, which does not exist',
  ])
})

test.each([
  'router/conformance/features/example.ts',
  'router/fuzz/example.ts',
  'bench/example.ts',
  'subgraphs/users/testing/example.ts',
  'dev/example.test.ts',
])('%s is not asked', (file) => {
  expect(faults(file, source(80))).toEqual([])
})
