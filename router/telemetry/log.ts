import { type Logger, pino } from 'pino'

export type Log = Logger

/** Structured logs on stdout, one JSON object a line. Headers are never written: they carry identities. */
export function openLog(level: string): Log {
  return pino({ name: 'router', level })
}
