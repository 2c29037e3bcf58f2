/** Why there is nothing to print: one line for whoever ran the benchmark, shown without a stack. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure'
}

/** What a caught value says, in one line; what an errors of several causes says is its first cause. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
