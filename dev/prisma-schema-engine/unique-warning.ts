const UNIQUE = /unique constraint covering the columns `\[.+?\]` on the table `(.+?)` will be added/

/**
 * Whether a warning of data loss is about the change. In WebAssembly the engine warns of every partial unique index, since it reads
 * migrations without the conditions of their indexes. Columns are not compared: an index may write them with an order or an operator class.
 * @param sql what the migration would contain
 */
export function isAboutChange(warning: string, sql: string): boolean {
  const [, table] = UNIQUE.exec(warning) ?? []
  if (table === undefined) return true
  return sql
    .split('\n')
    .some((line) => line.startsWith('CREATE UNIQUE INDEX') && line.includes(` ON "${table}"(`))
}
