import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { quoted } from '../../quoted.ts'
import { badRequest, HttpError } from '../http-error.ts'
import type { BodyFault, Receiving } from './body-reader.ts'
import { isJson } from './media-types.ts'
import { parseJson } from './parse-json.ts'

function tooLarge(limit: number) {
  return badRequest(`The body is larger than the maximum of ${limit} bytes.`, 413)
}

/** @throws HttpError for a body that is refused because of its headers, before any of it is read. */
export function refuseEarly({ headers }: IncomingMessage, limit: number): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return
  const message = `Content-Encoding ${quoted(encoding)} is not supported: send the body uncompressed.`
  throw badRequest(message, 415, ['accept-encoding', 'identity'])
}

/** Reads a JSON body of at most `body` bytes, nested at most so deep. @throws HttpError */
export async function receiveBody(
  request: IncomingMessage,
  response: ServerResponse,
  bodies: Receiving,
  { body: limit, nesting }: { readonly body: number; readonly nesting: number },
): Promise<unknown> {
  const { 'content-type': type, expect } = request.headers
  if (!isJson(type)) {
    const sent = type === undefined ? 'Without content-type, a body' : `Content-Type ${quoted(type)}`
    throw badRequest(`${sent} is not supported: send application/json in UTF-8.`, 415)
  }
  // The only expectation that comes this far is 100-continue.
  if (expect !== undefined && request.httpVersionMinor === 1 && !request.complete) response.writeContinue()
  const bytes = await bodies.collect(request, limit)
  if (typeof bytes === 'string') throw refusalOf(bytes, limit)
  // Decoding would replace each invalid byte by U+FFFD, so that different texts would become equal.
  if (!isUtf8(bytes)) throw badRequest('The body is not valid UTF-8.')
  return parseJson(bytes.toString(), 'The body', nesting)
}

function refusalOf(fault: BodyFault, limit: number): HttpError {
  switch (fault) {
    case 'too-large':
      return tooLarge(limit)
    case 'too-many-pieces':
      return badRequest('The body comes in too many small pieces: send larger chunks.')
    case 'aborted':
      return badRequest('The body ended before it was complete.')
    case 'crowded-out': {
      const message = 'Too many large requests are arriving at the moment.'
      return new HttpError(503, [{ message, extensions: { code: 'RATE_LIMITED' } }], ['retry-after', '1'])
    }
  }
}
