import type { FileMutant } from './mutate.ts'

const WIDEST = 60

/** The changes that no test noticed, as a table: place, kind, the text before and after. */
export function survivorTable(survivors: readonly FileMutant[], tried: number): string {
  const title = `${tried - survivors.length} of ${tried} changes were noticed.`
  if (survivors.length === 0) return title
  const rows = [
    ['place', 'kind', 'change'],
    ...survivors.map(({ file, line, kind, from, to }) => [
      `${file}:${line}`,
      kind,
      `${oneLine(from)}  →  ${oneLine(to) || '(removed)'}`,
    ]),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [`${title} Not noticed:`, '', ...lines].join('\n')
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line
}
