import { type DestinationStream, type Logger, pino } from 'pino'
import { activeTrace } from './trace.ts'

/**
 * Structured logs, one JSON object per line, with the request and trace ids of the work that wrote it.
 * @param destination standard output by default
 */
export function openLog(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    mixin() {
      const trace = activeTrace()
      return trace ? { requestId: trace.requestId, traceparent: trace.traceparent } : {}
    },
    redact: ['headers.authorization', 'headers.cookie', 'req.headers.authorization', 'req.headers.cookie'],
  }
  return destination ? pino(options, destination) : pino(options)
}
