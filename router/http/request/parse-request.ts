import type { IncomingMessage, ServerResponse } from 'node:http'
import { quoted } from '../../quoted.ts'
import type { RouterSettings } from '../../settings.ts'
import { badRequest } from '../http-error.ts'
import { receiveBody } from './body.ts'
import type { Receiving } from './body-reader.ts'
import { type Wanted, wantedBy } from './media-types.ts'
import { type Parameters, parametersInUrl, parametersOf } from './parameters.ts'

/** The form of a request, by its method and headers. */
export type RequestForm = { readonly isGet: boolean; readonly wanted: Wanted }

/** One operation, or a batch, whose parameters are validated one by one. */
export type ParsedRequest = Parameters | { readonly batch: readonly unknown[] }

/**
 * @throws HttpError for methods other than GET and POST, and if the client accepts none of the router's media
 * types.
 */
export function requestFormOf({ method, headers }: IncomingMessage): RequestForm {
  if (method !== 'GET' && method !== 'POST')
    throw badRequest('Only the methods GET/POST are supported.', 405, ['allow', 'GET, POST'])
  const wanted = wantedBy(headers.accept)
  if (wanted) return { isGet: method === 'GET', wanted }
  const message = `Accept ${quoted(headers.accept)} excludes every supported media type: accept application/graphql-response+json or application/json.`
  throw badRequest(message, 406)
}

/** Reads the parameters from the URL or the body. @throws HttpError */
export async function parseRequest(
  request: IncomingMessage,
  response: ServerResponse,
  bodies: Receiving,
  limits: RouterSettings['limits'],
): Promise<ParsedRequest> {
  if (request.method === 'GET') return parametersInUrl(request, limits.nesting)
  return batchOf(await receiveBody(request, response, bodies, limits), limits.batch)
}

function batchOf(body: unknown, limit: number): ParsedRequest {
  if (!Array.isArray(body)) return parametersOf(body)
  if (limit === 1) throw badRequest('Operation batching is off: send one operation, not a list of them.')
  if (body.length === 0 || body.length > limit)
    throw badRequest(`A batch must have 1 to ${limit} operations; this one has ${body.length}.`)
  return { batch: body }
}
