import type { IncomingMessage } from 'node:http'
import type { Refused } from './respond.ts'

/** A body that was read and parsed, or the reason why not. */
type Body = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refused: Refused }

function refuse(status: number, message: string): Body {
  return { ok: false, refused: { status, code: 'BAD_USER_INPUT', message } }
}

/**
 * Reads a JSON body of at most `limit` bytes; a longer one is refused before it is read. A body of another type is
 * left unread (undefined): what it means is decided with the headers, by CSRF prevention among others.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) return { ok: true, value: undefined }
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    return refuse(
      415,
      `Content-Encoding ${JSON.stringify(encoding)} is not taken: send the body uncompressed.`,
    )
  }
  const tooLarge = `The body is larger than the ${limit} bytes that are taken.`
  if (Number(request.headers['content-length'] ?? 0) > limit) return refuse(413, tooLarge)
  const bytes = await collect(request, limit)
  if (bytes === 'too-large') return refuse(413, tooLarge)
  if (bytes === 'aborted') return refuse(400, 'The body ended before it was complete.')
  try {
    return { ok: true, value: JSON.parse(bytes.toString()) }
  } catch {
    return refuse(400, 'The body is not valid JSON.')
  }
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
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('close', () => resolve('aborted'))
    request.on('error', () => resolve('aborted'))
  })
}
