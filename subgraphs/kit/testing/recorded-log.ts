import { type Logger, pino } from 'pino'

/** A log of warnings and errors that a test reads: each line as its level, text and fields. */
export function recordedLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => {
    lines.push(JSON.parse(line))
  }
  const formatters = { level: (level: string) => ({ level }) }
  return { log: pino({ level: 'warn', base: null, timestamp: false, formatters }, { write }), lines }
}
