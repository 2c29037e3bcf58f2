import pg from 'pg'

/**
 * Classes of SQLSTATE that tell of the server, not of the statement: connection exception, transaction rollback (deadlock, serialization
 * failure), insufficient resources (disk, memory, connections), operator intervention, system error.
 */
const CLASSES = new Set(['08', '40', '53', '57', '58'])
/** Also: read-only transaction, as after `default_transaction_read_only` or on a standby; lock not available within `lock_timeout`. */
const STATES = new Set(['25006', '55P03'])
/**
 * States of those classes that the statement itself causes, so that it fails again: it was canceled by `statement_timeout`, it exceeded a
 * limit such as `temp_file_limit`, or its message was malformed, e.g. by more than 65535 parameters.
 */
const OWN_FAULTS = new Set(['57014', '53400', '08P01'])
/** Errors of sockets, which have no SQLSTATE. */
const SOCKETS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
/** Errors that have a message only: those of node-postgres for a session that has ended, and that of `FairPool` without a free connection. */
const NO_SESSION =
  /^(Connection terminated|Client has encountered a connection error|no connection to the database was free)/

/** Errors of sockets as Prisma's adapter reports them to a model's method, without their code. */
const SOCKET_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'])

/** The part of an error of Prisma that holds the SQLSTATE, or the kind of an error that has none. */
type PrismaError = {
  readonly meta?: {
    readonly driverAdapterError?: {
      readonly cause?: { readonly originalCode?: string; readonly kind?: string }
    }
  }
}

/** Tests whether a statement failed because of the state of the database, so that the same statement may succeed later. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { readonly code?: unknown }
  if (typeof code === 'string' && SOCKETS.has(code)) return true
  const cause = (error as PrismaError).meta?.driverAdapterError?.cause
  if (cause?.kind !== undefined && SOCKET_KINDS.has(cause.kind)) return true
  const state = error instanceof pg.DatabaseError ? error.code : cause?.originalCode
  if (state === undefined) return NO_SESSION.test(error.message)
  return !OWN_FAULTS.has(state) && (STATES.has(state) || CLASSES.has(state.slice(0, 2)))
}
