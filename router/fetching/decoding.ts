import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import { FetchFailure } from './fetch-failure.ts'
import type { HttpAnswer } from './post.ts'

/** An answer without its content-encoding. Those who share a call share its content. */
export type PlainAnswer = Omit<HttpAnswer, 'body'> & {
  /** Text; or the bytes that were expected, where they came. */
  readonly content: string | Buffer
}

const DECODERS: Readonly<
  Record<string, (data: string | Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify<string | Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  br: promisify<string | Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
}

/**
 * Decompresses an answer, off the event loop, up to `maxBytes`: what would become larger is given up before it does.
 * @param asked the encodings that were asked for, comma-separated; another one is no answer.
 * @throws FetchFailure
 */
export async function decoded(answer: HttpAnswer, asked: string, maxBytes: number): Promise<PlainAnswer> {
  const { status, headers, body } = answer
  if (headers['content-encoding'] === undefined) return { status, headers, content: body }
  const encoding = String(headers['content-encoding']).toLowerCase()
  if (encoding === 'identity') return { status, headers, content: body.toString() }
  const decode = asked.split(', ').includes(encoding) ? DECODERS[encoding] : undefined
  if (!decode) throw new FetchFailure('invalid', `content-encoding ${encoding} was not asked for`)
  try {
    const plain = await decode(body, { maxOutputLength: maxBytes })
    return { status, headers, content: plain.toString() }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new FetchFailure('too-large', `the body decompresses to more than ${maxBytes} bytes`)
    throw new FetchFailure('invalid', `the body is not ${encoding}: ${code}`)
  }
}
