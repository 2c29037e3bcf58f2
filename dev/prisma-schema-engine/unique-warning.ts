const UNIQUE = /unique constraint covering the columns `\[(.+?)\]` on the table `(.+?)` will be added/

/**
 * Whether a warning of data loss is about the change. In WebAssembly the engine warns of every partial unique index, since it reads
 * migrations without the conditions of their indexes.
 * @param sql what the migration would contain
 */
export function isAboutChange(warning: string, sql: string): boolean {
  const [, columns, table] = UNIQUE.exec(warning) ?? []
  if (columns === undefined) return true
  const list = columns
    .split(',')
    .map((column) => `"${column}"`)
    .join(', ')
  return sql
    .split('\n')
    .some((line) => line.startsWith('CREATE UNIQUE INDEX') && line.includes(`ON "${table}"(${list})`))
}
