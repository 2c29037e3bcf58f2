// Tested in ../seed-shop.int.test.ts: COPY needs a database.

import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export type CopyValue = string | number | bigint | boolean | null

/** One line of a table in PostgreSQL's COPY text format. */
export type TableRow = { readonly table: TableName; readonly line: string }
type TableName = { readonly name: string; readonly columns: readonly string[] }

export type Table<Column extends string> = {
  readonly name: string
  readonly columns: readonly Column[]
  row(values: Readonly<Record<Column, CopyValue>>): TableRow
}

export function table<const Column extends string>(name: string, columns: readonly Column[]): Table<Column> {
  const described = { name, columns }
  return { ...described, row: (values) => ({ table: described, line: lineOf(columns, values) }) }
}

function lineOf<Column extends string>(
  columns: readonly Column[],
  values: Readonly<Record<Column, CopyValue>>,
) {
  let line = ''
  for (const [place, column] of columns.entries()) line += (place === 0 ? '' : '\t') + field(values[column])
  return `${line}\n`
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". */
function field(value: CopyValue): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  return /[\\\t\n\r]/.test(value) ? value.replaceAll(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign) : value
}

/** An instant (ms since the epoch) in PostgreSQL's format. */
export function instant(moment: number): string {
  return new Date(moment).toISOString()
}

/** Characters held in memory before they are sent. */
const CHUNK = 4 * 1024 * 1024

/**
 * Sends rows of several tables over one connection, in chunks. Within a chunk the tables follow in the given
 * order, so a row may refer to one of an earlier table, or to an earlier row. Memory use does not grow with
 * the number of rows.
 */
export async function copyTables(
  client: ClientBase,
  tables: readonly { name: string }[],
  rows: Iterable<TableRow>,
): Promise<number> {
  const waiting = new Map<string, { table: TableName; text: string }>()
  let held = 0
  let count = 0
  const send = async () => {
    for (const { name } of tables) {
      const chunk = waiting.get(name)
      if (chunk) await copy(client, chunk.table, chunk.text)
    }
    waiting.clear()
    held = 0
  }
  for (const { table, line } of rows) {
    const chunk = waiting.get(table.name)
    if (chunk) chunk.text += line
    else waiting.set(table.name, { table, text: line })
    held += line.length
    count++
    if (held > CHUNK) await send()
  }
  await send()
  return count
}

function copy(client: ClientBase, { name, columns }: TableName, text: string): Promise<void> {
  const list = columns.map((column) => `"${column}"`).join(', ')
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(`COPY "${name}" (${list}) FROM STDIN`))
    stream.once('error', reject)
    stream.once('finish', resolve)
    stream.end(text)
  })
}
