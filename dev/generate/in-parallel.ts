/**
 * Runs all tasks, at most `width` at a time, and waits for all of them even if some fail.
 * @throws AggregateError with every failure, in the order of the tasks
 */
export async function inParallel(width: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const failures = new Map<number, unknown>()
  const queue = tasks.entries()
  const worker = async () => {
    for (const [index, task] of queue) await task().catch((error) => failures.set(index, error))
  }
  await Promise.all(Array.from({ length: width }, worker))
  if (failures.size === 0) return
  const errors = [...failures].sort(([a], [b]) => a - b).map(([, error]) => error)
  throw new AggregateError(
    errors,
    errors.map((error) => (error instanceof Error ? error.message : String(error))).join('\n'),
  )
}
