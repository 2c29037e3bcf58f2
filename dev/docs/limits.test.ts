import path from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from '../check/source-files.ts'
import { root } from '../repository.ts'
import { defaultsOf, limitFaults, limitsOf, limitsPage } from './limits.ts'

test('a limit is a number by its name, calculated from others, or an allowance, with the first sentence of its comment', () => {
  const source = `
const DAY_MS = 24 * 3_600_000
/** Lines of a cart. More are refused. */
export const MAX_LINES = 100
// Not a limit.
const HALF = 50
const KEPT_MS = 30 * DAY_MS
/**
 * Attempts of one address:
 * the others wait.
 */
export const PER_ADDRESS: Allowance = { burst: 10, everyMs: 60_000 }
`
  expect(limitsOf(source)).toEqual([
    { name: 'MAX_LINES', value: '100', meaning: 'Lines of a cart' },
    { name: 'KEPT_MS', value: '2592000000', meaning: '' },
    { name: 'PER_ADDRESS', value: '10, then one every 60000 ms', meaning: 'Attempts of one address' },
  ])
})

test('a default is that of a member of a schema', () => {
  const source = `export const settings = z.object({ DRAIN_SECONDS: wholeNumber(300).default(0), NAME: z.string() })`
  expect(defaultsOf(source)).toEqual([
    { name: 'DRAIN_SECONDS', value: '0', meaning: 'Default of the setting' },
  ])
})

test('a limit without a comment is a fault; code of tests and of development has none', () => {
  const sources = [
    ...[{ file: 'router/a.ts', source: '/** Lines. */\nconst MAX_LINES = 1\nconst MAX_WORDS = 2\n' }],
    ...[{ file: 'router/a.test.ts', source: 'const MAX_TESTS = 1\n' }],
    ...[{ file: 'dev/a.ts', source: 'const MAX_TOOLS = 1\n' }],
    ...[
      {
        file: 'subgraphs/b/settings.ts',
        source: "export const s = z.object({ A: z.string().default('') })\n",
      },
    ],
  ]
  expect(limitFaults(sources)).toEqual(['router/a.ts: MAX_WORDS has no comment, which docs/limits.md shows'])
  const rows = limitsPage(sources)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows).toEqual([
    '| `MAX_LINES` | 1 | Lines | `a.ts` |',
    '| `MAX_WORDS` | 2 |  | `a.ts` |',
    '| `A` | (empty) | Default of the setting | `settings.ts` |',
  ])
})

test('docs/limits.md has the limits of the source', async () => {
  await expect(limitsPage(sourceFiles(root))).toMatchFileSnapshot(path.join(root, 'docs/limits.md'))
})
