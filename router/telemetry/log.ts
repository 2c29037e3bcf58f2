import { type Logger, pino } from 'pino'

export type Log = Logger

/**
 * Structured logs on stdout, one JSON object per line. Headers are never logged, since they contain
 * identities.
 */
export function openLog(level: string): Log {
  return pino({ name: 'router', level })
}
