import path from 'node:path'
import { z } from 'zod'

const counts = z.object({ covered: z.number(), total: z.number() })
const file = z.object({ lines: counts, branches: counts, functions: counts })

/** The `coverage-summary.json` of Istanbul's `json-summary` reporter, `total` included. */
export const coverageSummary = z.record(z.string(), file)

type Counts = z.infer<typeof counts>
type Row = { readonly folder: string } & z.infer<typeof file>
const MEASURES = ['lines', 'branches', 'functions'] as const

/**
 * Sums a coverage summary by folder, two levels deep: `subgraphs/orders/saga/decide.ts` counts for
 * `subgraphs/orders`.
 * @param summary files by absolute path
 * @param root the folder that the names are relative to
 * @returns one row per folder, sorted by name, then a row `total`
 */
export function byFolder(summary: z.infer<typeof coverageSummary>, root: string): Row[] {
  const rows = new Map<string, Row>()
  const total = empty('total')
  for (const [name, measured] of Object.entries(summary)) {
    if (name === 'total') continue
    const folder = folderOf(path.relative(root, name))
    const row = rows.get(folder) ?? empty(folder)
    rows.set(folder, row)
    for (const measure of MEASURES) {
      add(row[measure], measured[measure])
      add(total[measure], measured[measure])
    }
  }
  const sorted = [...rows.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1))
  return [...sorted, total]
}

/** The rows as a text table: percentages, and the number of uncovered lines. */
export function coverageTable(rows: readonly Row[]): string {
  const cells = [
    ['folder', ...MEASURES, 'lines left'],
    ...rows.map((row) => [
      row.folder,
      ...MEASURES.map((measure) => percentage(row[measure])),
      String(row.lines.total - row.lines.covered),
    ]),
  ]
  const width = Math.max(...cells.map(([folder = '']) => folder.length))
  return cells
    .map(([folder = '', ...figures]) =>
      [folder.padEnd(width), ...figures.map((one) => one.padStart(11))].join(''),
    )
    .join('\n')
}

const empty = (folder: string): Row => ({
  folder,
  lines: { covered: 0, total: 0 },
  branches: { covered: 0, total: 0 },
  functions: { covered: 0, total: 0 },
})

function add(to: Counts, one: Counts): void {
  to.covered += one.covered
  to.total += one.total
}

const folderOf = (file: string) => path.dirname(file).split(path.sep).slice(0, 2).join('/')

// Rounded down, so that 100.0 % means complete coverage; a folder without branches is complete.
const percentage = ({ covered, total }: Counts) =>
  `${(total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10).toFixed(1)} %`
