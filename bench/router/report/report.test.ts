import { expect, test } from 'vitest'
import type { Figures } from '../measure/measurement.ts'
import { ownTimes } from '../measure/profile.ts'
import { goalLines } from './goals.ts'
import { loadReport } from './load-report.ts'
import { figure, table } from './table.ts'

const measured = (name: string, requestsPerSecond: number, p99: number) => {
  const figures: Figures = {
    ...{ requestsPerSecond, p99, p50: 1, p95: 2, cpuMsPerRequest: 1_000 / requestsPerSecond, busy: 0.97 },
    ...{ residentMb: 120, callsPerRequest: 6, kilobytesSentPerRequest: 4 },
  }
  return { contestant: { name, note: `note of ${name}`, program: () => ({ args: [] }) }, figures }
}

test('figures have three digits', () => {
  expect([0.06857, 1.2345, 12.345, 12345.6, Number.NaN].map(figure)).toEqual([
    '0.0686',
    '1.23',
    '12.3',
    '12346',
    '-',
  ])
})

test('columns are aligned, figures to the right', () => {
  expect(
    table(
      ['', 'n'],
      [
        ['a', '1'],
        ['longer', '200'],
      ],
    ),
  ).toBe('          n\n------  ---\na         1\nlonger  200')
})

test('ratios are relative to the first row, and a contestant that is missing has the reason', () => {
  const text = loadReport(
    [measured('stock', 100, 90), measured('argyle', 2_500, 3)],
    new Map([['other', 'broken']]),
  )
  const row = text.split('\n').find((line) => line.startsWith('argyle'))
  expect(row?.split(/ {2,}/).slice(0, 3)).toEqual(['argyle', '2500', '25'])
  expect(text).toContain('not measured: other: broken')
  expect(text).toContain('argyle: note of argyle')
})

test('goals are judged where both sides were measured', () => {
  const lines = goalLines([measured('stock @apollo/gateway', 100, 90), measured('argyle', 2_500, 9)])
  expect(lines).toEqual([
    '  argyle against stock, requests/s, sharing: 25 × (goal 22 ×: reached)',
    '  argyle against stock, p99, inverse: 10 × (goal 15 ×: not reached)',
  ])
})

test('own times leave idle time out', () => {
  const node = (id: number, functionName: string) => ({
    id,
    callFrame: { functionName, url: 'file:///a/b/c.ts', scriptId: '1', lineNumber: 4, columnNumber: 0 },
  })
  const text = ownTimes({
    ...{ nodes: [node(1, 'work'), node(2, '(idle)'), node(3, 'rest')], startTime: 0, endTime: 10 },
    ...{ samples: [1, 2, 3, 1], timeDeltas: [2, 90, 1, 1] },
  })
  expect(text.split('\n').slice(2)).toEqual(['work a/b/c.ts:5      75 %', 'rest a/b/c.ts:5      25 %'])
})
