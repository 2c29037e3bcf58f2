/** SQL statements that clients sent. */
export type Statements = {
  readonly all: number
  /** BEGIN, COMMIT and similar statements, which `all` includes. */
  readonly transactionControl: number
}

/** The `log_line_prefix` for `countStatements`: the database. */
export const LINE_PREFIX = '%d|'

/** A statement's first line; prepared statements are logged at each execution, not when they are prepared. */
const STATEMENT = /^[^|\n]*\|LOG: {2}(?:statement|execute [^:\n]+): (.*)$/gm
const TRANSACTION_CONTROL = /^(begin|start transaction|commit|rollback|savepoint|release|end)\b/i

/**
 * Counts the statements in a PostgreSQL log written with `log_statement = all`.
 * @param own marks statements that are not counted; it is in their first line
 */
export function countStatements(log: string, own: string): Statements {
  const statements = [...log.matchAll(STATEMENT)]
    .map(([, sql = '']) => sql)
    .filter((sql) => !sql.includes(own))
  const transactionControl = statements.filter((sql) => TRANSACTION_CONTROL.test(sql.trimStart())).length
  return { all: statements.length, transactionControl }
}
