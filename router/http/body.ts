import type { IncomingMessage } from 'node:http'
import { isJson } from './media-types.ts'
import { parseJson } from './parse-json.ts'
import { badRequest } from './refusal.ts'

function tooLarge(limit: number) {
  return badRequest(`The body is larger than the ${limit} bytes that are taken.`, 413)
}

/** @throws Refusal of a body that is not taken, by what its headers say of it: before any of it is read. */
export function refuseEarly({ headers }: IncomingMessage, limit: number): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return
  const message = `Content-Encoding ${JSON.stringify(encoding)} is not taken: send the body uncompressed.`
  throw badRequest(message, 415, ['accept-encoding', 'identity'])
}

/** Reads a JSON body of at most `body` bytes, nested at most so deep. @throws Refusal */
export async function receiveBody(
  request: IncomingMessage,
  { body: limit, nesting }: { readonly body: number; readonly nesting: number },
): Promise<unknown> {
  if (!isJson(request.headers['content-type'])) {
    const type = request.headers['content-type']
    const sent = type === undefined ? 'Without content-type, a body' : `Content-Type ${JSON.stringify(type)}`
    throw badRequest(`${sent} is not taken: send application/json in UTF-8.`, 415)
  }
  const bytes = await collect(request, limit)
  if (bytes === 'too-large') throw tooLarge(limit)
  if (bytes === 'aborted') throw badRequest('The body ended before it was complete.')
  return parseJson(bytes.toString(), 'The body', nesting)
}

/** By events, not by iteration: leaving a loop over a request destroys its socket before the refusal is sent. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else {
        request.pause()
        resolve('too-large')
      }
    })
    request.on('end', () => {
      const [only] = chunks
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks))
    })
    request.on('close', () => resolve('aborted'))
    request.on('error', () => resolve('aborted'))
  })
}
