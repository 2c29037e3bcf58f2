import { lineFor } from './failure.ts'

export type Work = {
  /** Tells people something. */
  readonly write: (line: string) => void
  /** Starts, and gives back what stops it; null when there was nothing to start. */
  start(): Promise<Started | null>
}

export type Started = {
  stop(): Promise<void>
  /** Settles when it cannot go on, with the reason to tell. */
  readonly lost: Promise<string>
}

/**
 * Runs something until ctrl-c (SIGINT), SIGTERM or its end. A failed start is told in one line, and the process exits with 1; a
 * second ctrl-c does not wait.
 */
export async function runUntilSignal({ write, start }: Work): Promise<void> {
  const signal = signalled()
  const starting = start()
  // A signal during the start: what has begun is let through and then stopped, so that nothing is left half made.
  const started = await starting.catch((error: unknown) => {
    if (!signal.seen()) write(lineFor(error) ?? describe(error))
    process.exit(signal.seen() ? 130 : 1)
  })
  if (started === null) return
  const reason = await Promise.race([signal.wait, started.lost])
  write(reason ?? 'stopping')
  await started.stop()
  process.exit(reason === null ? 0 : 1)
}

function signalled(): { seen: () => boolean; wait: Promise<null> } {
  let seen = false
  const wait = new Promise<null>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const)
      process.on(name, () => {
        // npm hands on a ctrl-c that the terminal has sent already; those two come together.
        if (seen && performance.now() - first > 500) process.exit(130)
        if (!seen) first = performance.now()
        seen = true
        resolve(null)
      })
  })
  let first = 0
  return { seen: () => seen, wait }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
