/** The reason why there is no result: one line for the user, printed without a stack. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure'
}

/** The message of a caught value, in one line; of an AggregateError the message of its first cause. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
