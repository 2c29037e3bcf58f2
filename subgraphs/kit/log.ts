import { type Logger, pino } from 'pino'
import { currentTrace } from './trace.ts'

/** Structured logs, one JSON object a line, each with the request and trace ids of the work that wrote it. */
export function openLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    mixin() {
      const { requestId, traceparent } = currentTrace()
      return { requestId, traceparent }
    },
    redact: ['headers.authorization', 'headers.cookie', 'req.headers.authorization', 'req.headers.cookie'],
  })
}
