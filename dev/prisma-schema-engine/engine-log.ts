import pg from 'pg'

/** The lines on standard error by which Prisma's CLI learns why a subcommand failed. */
export function logFailure(error: unknown, at = new Date()): string {
  const message = error instanceof Error ? error.message : String(error)
  const missing = error instanceof pg.DatabaseError && error.code === '3D000'
  const line = (level: string, target: string, fields: object) =>
    `${JSON.stringify({ timestamp: at.toISOString(), level, target, fields })}\n`
  return (
    line('INFO', 'schema_engine', { message: 'start' }) +
    // P1003: the database does not exist, and the CLI offers to create it; P1001: the server cannot be
    // reached.
    line('ERROR', 'schema_engine::logger', {
      message,
      is_panic: false,
      error_code: missing ? 'P1003' : 'P1001',
    })
  )
}
