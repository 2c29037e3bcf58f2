import { type Logger, pino } from 'pino'
import { z } from 'zod'

const entry = z.object({
  level: z.number(),
  name: z.string().default(''),
  msg: z.string().default(''),
  /** The reason of a refusal. */
  reason: z.string().optional(),
  err: z.object({ message: z.string().default(''), stack: z.string().default('') }).optional(),
})

/** The log of one part of the shop for a terminal: only message, reason and error of each JSON line. */
export function terminalLog(name: string, write: (line: string) => void, level = 'warn'): Logger {
  return pino({ name, level, base: { name } }, { write: (json) => write(readable(json)) })
}

const WARN = 40

function readable(json: string): string {
  const parsed = entry.safeParse(JSON.parse(json))
  if (!parsed.success) return json.trimEnd()
  const { level, name, msg, reason, err } = parsed.data
  const word = level > WARN ? 'error' : level === WARN ? 'warning' : 'note'
  return `${name} ${word}: ${msg}${reason ? `\n${reason}` : ''}${err ? `\n${err.stack || err.message}` : ''}`
}
