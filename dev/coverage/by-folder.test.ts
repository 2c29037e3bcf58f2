import { expect, test } from 'vitest'
import { byFolder, coverageSummary, coverageTable } from './by-folder.ts'

const measured = (covered: number, total: number) => ({
  lines: { covered, total, skipped: 0, pct: 0 },
  branches: { covered: 0, total: 0, skipped: 0, pct: 100 },
  functions: { covered: 1, total: 1, skipped: 0, pct: 100 },
  statements: { covered, total, skipped: 0, pct: 0 },
})

const summary = coverageSummary.parse({
  total: measured(999, 999),
  '/argyle/subgraphs/orders/saga/decide.ts': measured(1, 3),
  '/argyle/subgraphs/orders/money.ts': measured(1, 3),
  '/argyle/router/http/server.ts': measured(1999, 2000),
  '/argyle/router/router.ts': measured(0, 0),
})

test('files count for their folder, two levels deep, and once in the total', () => {
  const rows = byFolder(summary, '/argyle').map(({ folder, lines }) => [folder, lines.covered, lines.total])
  expect(rows).toEqual([
    ['router', 0, 0],
    ['router/http', 1999, 2000],
    ['subgraphs/orders', 2, 6],
    ['total', 2001, 2006],
  ])
})

test('percentages are rounded down: 100.0 % means that nothing is left', () => {
  expect(coverageTable(byFolder(summary, '/argyle'))).toBe(
    [
      'folder                lines   branches  functions lines left',
      'router              100.0 %    100.0 %    100.0 %          0',
      'router/http          99.9 %    100.0 %    100.0 %          1',
      'subgraphs/orders     33.3 %    100.0 %    100.0 %          4',
      'total                99.7 %    100.0 %    100.0 %          5',
    ].join('\n'),
  )
})

test('what is no coverage summary is refused with its place', () => {
  const { error } = coverageSummary.safeParse({ '/argyle/router/router.ts': { lines: { covered: 1 } } })
  expect(error?.issues.map(({ path }) => path.join(' '))).toContain('/argyle/router/router.ts lines total')
})
