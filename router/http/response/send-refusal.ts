import type { IncomingMessage, ServerResponse } from 'node:http'
import { MASKED_MESSAGE } from '../../fetching/subgraph-error.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Trace } from '../../telemetry/trace.ts'
import { HttpError } from '../http-error.ts'
import { JSON_RESPONSE, wantedBy } from '../request/media-types.ts'
import { send } from './send-response.ts'

/**
 * Answers a request that ended with an error in one of its stages: an HttpError as it is, any other error
 * logged and masked.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  trace: Trace,
  error: unknown,
  log: Log,
): void {
  const { status, errors, headers } = error instanceof HttpError ? error : masked(error, trace, log)
  const type = wantedBy(request.headers.accept)?.type ?? JSON_RESPONSE
  const own = ['content-type', type, 'x-request-id', trace.requestId, 'cache-control', 'no-store']
  send(response, status, [...own, ...headers], JSON.stringify({ errors }))
}

function masked(error: unknown, { requestId }: Trace, log: Log): HttpError {
  log.error({ requestId, error: error instanceof Error ? error.stack : String(error) }, 'a request failed')
  return new HttpError(500, [{ message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
}
