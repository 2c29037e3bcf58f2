/** SQL statements that clients sent. */
export type Statements = {
  readonly all: number
  /** BEGIN, COMMIT and their like, which are counted in `all` too. */
  readonly transactionControl: number
}

/** `log_line_prefix` that `countStatements` reads: the database. */
export const LINE_PREFIX = '%d|'

/** A statement's first line; prepared ones are logged at each execution, not when they are prepared. */
const STATEMENT = /^[^|\n]*\|LOG: {2}(?:statement|execute [^:\n]+): (.*)$/gm
const TRANSACTION_CONTROL = /^(begin|start transaction|commit|rollback|savepoint|release|end)\b/i

/**
 * Counts the statements of a PostgreSQL log that was written with `log_statement = all`.
 * @param own marks statements that are not counted; it stands on their first line
 */
export function countStatements(log: string, own: string): Statements {
  const statements = [...log.matchAll(STATEMENT)]
    .map(([, sql = '']) => sql)
    .filter((sql) => !sql.includes(own))
  const transactionControl = statements.filter((sql) => TRANSACTION_CONTROL.test(sql.trimStart())).length
  return { all: statements.length, transactionControl }
}
