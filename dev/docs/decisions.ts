import path from 'node:path'
import { markdownFiles } from './markdown.ts'

const FOLDER = 'docs/decisions/'
const LIST = `${FOLDER}README.md`
const ROW = /^\| (\d{4}) \| (?:\[(.+)\]\(([^)]+)\)|[^[|]+) \| ([^|]+) \|$/gm

type Row = { number: string; title?: string; file?: string; state: string }

/**
 * The differences between the list of decisions and their files: a file without a row, a row without its file, another title,
 * a number that is used twice or left out, an unknown state, a successor that does not exist.
 */
export function decisionFaults(root: string): string[] {
  const pages = markdownFiles(path.join(root, FOLDER))
  const list = pages.find(({ file }) => file === 'README.md')?.text
  if (list === undefined) return [`${LIST}: is missing`]
  const rows = rowsOf(list)
  const files = pages.filter(({ file }) => file !== 'README.md')
  return [
    ...numberFaults(rows),
    ...rows.flatMap((row) => stateFaults(row, rows)),
    ...files.flatMap(({ file, text }) => pageFaults(file, text, rows)),
    ...rows
      .filter((row) => row.file && !files.some(({ file }) => file === row.file))
      .map((row) => `${LIST}: ${row.file} does not exist`),
  ]
}

const rowsOf = (list: string): Row[] =>
  [...list.matchAll(ROW)].map(([, number = '', title, file, state = '']) => ({ number, title, file, state }))

function numberFaults(rows: readonly Row[]): string[] {
  return rows.flatMap(({ number }, at) =>
    Number(number) === at + 1 ? [] : [`${LIST}: row ${at + 1} has the number ${number}`],
  )
}

function stateFaults({ number, file, state }: Row, rows: readonly Row[]): string[] {
  const [, successor] = /^superseded by (\d{4})$/.exec(state) ?? []
  if (successor !== undefined)
    return rows.some((row) => row.number === successor && row.number > number && row.file)
      ? []
      : [`${LIST}: ${number} is superseded by ${successor}, which is no later decision`]
  const expected = file === undefined ? 'unused' : 'accepted'
  return state === expected ? [] : [`${LIST}: ${number} has the state ${JSON.stringify(state)}`]
}

function pageFaults(file: string, text: string, rows: readonly Row[]): string[] {
  const row = rows.find((one) => one.file === file)
  if (!row) return [`${LIST}: ${file} is missing`]
  const heading = `# ${row.number} ${row.title}`
  const [first] = text.split('\n')
  return [
    ...(file.startsWith(`${row.number}-`) ? [] : [`${LIST}: ${file} stands at ${row.number}`]),
    ...(first === heading ? [] : [`${FOLDER}${file}: begins with "${first}", the list says "${heading}"`]),
  ]
}
