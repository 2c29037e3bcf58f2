/** Something the person who started the router can put right: shown as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Message of a caught value, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
