import { lineFor } from './failure.ts'

export type SignalledWork = {
  /** Prints a line. */
  readonly write: (line: string) => void
  /** Starts, and returns a way to stop; null if there was nothing to start. */
  start(): Promise<Started | null>
}

export type Started = {
  stop(): Promise<void>
  /** Settles with the reason if it cannot continue. */
  readonly lost: Promise<string>
}

/**
 * Runs something until ctrl-c (SIGINT), SIGTERM or its end. A failed start prints one line and exits with 1;
 * a second ctrl-c exits at once.
 */
export async function runUntilSignal({ write, start }: SignalledWork): Promise<void> {
  const signal = signalled()
  const starting = start()
  // On a signal during the start, wait for the start and then stop, so that nothing is left incomplete.
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
        // npm forwards a ctrl-c that the terminal has already sent; the two arrive together.
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
