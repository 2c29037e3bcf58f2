import { syncBuiltinESMExports } from 'node:module'
import v8 from 'node:v8'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tuneGarbageCollection } from './garbage-collection.ts'
import { tuneOptimisation } from './optimisation.ts'

const { execArgv } = process
/** Flags that V8 got. */
const flags: string[] = []

beforeEach(() => {
  flags.length = 0
  vi.spyOn(v8, 'setFlagsFromString').mockImplementation((flag) => void flags.push(flag))
  syncBuiltinESMExports()
})
afterEach(() => {
  process.execArgv = execArgv
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const [GROWTH, COUNT, PLAIN] = [
  ...[
    '--heap-growing-percent=100',
    '--invocation-count-for-turbofan=30000',
    '--no-allocation-site-pretenuring',
  ],
]

test.each<[options: string[], set: (string | undefined)[]]>([
  [[], [GROWTH, PLAIN, COUNT]],
  [['--max-old-space-size=500'], [GROWTH, PLAIN, COUNT]],
  [['--heap-growing-percent=50'], [PLAIN, COUNT]],
  [['--heap_growing_percent=50'], [PLAIN, COUNT]],
  [
    ['--no-warnings', '--invocation-count-for-turbofan=3000'],
    [GROWTH, PLAIN],
  ],
  [['--invocation_count_for_turbofan=3000'], [GROWTH, PLAIN]],
])('a router that Node started with %j sets the flags %j', (options, set) => {
  process.execArgv = options
  tuneGarbageCollection()
  tuneOptimisation()
  expect(flags).toEqual(set)
})
