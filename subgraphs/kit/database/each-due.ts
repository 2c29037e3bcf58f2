/** Maximum number of rows that may fail in one round. */
export const MAX_FAILURES = 100

type Next = (except: readonly string[], claimed: (id: string) => void) => Promise<boolean>

/**
 * Handles due rows one after another, each in a transaction of its own. A row that fails is skipped until the
 * next round, so that it does not block the others. A row that is still due after it was handled is skipped
 * too.
 * @param next handles the next row that is not in `except`, and calls `claimed` with its id; false if none is
 * left
 * @param stop ends the round after the current row
 * @throws AggregateError at the end of a round in which rows failed, for the log of its timer
 */
export async function eachDue(next: Next, stop?: AbortSignal): Promise<void> {
  const failures = new Map<string, unknown>()
  let last: string | undefined
  for (let isMore = true; isMore && failures.size < MAX_FAILURES && !stop?.aborted; ) {
    const claimed: string[] = []
    try {
      isMore = await next([...failures.keys()], (id) => claimed.push(id))
      const [id] = claimed
      if (id !== undefined && id === last) failures.set(id, new Error(`${id} is due again at once`))
      last = id
    } catch (error) {
      const [id] = claimed
      if (id === undefined || failures.has(id)) throw error
      failures.set(id, error)
    }
  }
  if (failures.size === 0) return
  throw new AggregateError(
    failures.values(),
    `due rows failed and are tried again: ${[...failures.keys()].join(', ')}`,
  )
}
