import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { FetchFailure } from '../http-client/fetch-failure.ts'
import type { HttpAnswer } from '../http-client/http-answer.ts'

/** An answer without its content-encoding. Callers that share a call share its content. */
export type PlainAnswer = Omit<HttpAnswer, 'body'> & {
  /** The text, or the bytes if they are the expected ones. */
  readonly content: string | Buffer
}

type Decode = (data: string | Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>

const GUNZIP = promisify<string | Buffer, { maxOutputLength: number }, Buffer>(gunzip)

/** The content codings of RFC 9110, section 8.4.1, except `compress`, and Brotli (RFC 7932). */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', GUNZIP],
  ['x-gzip', GUNZIP],
  ['deflate', promisify<string | Buffer, { maxOutputLength: number }, Buffer>(inflate)],
  ['br', promisify<string | Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)],
])
/** A server applies one, and a proxy in front of it another at most. */
const MAX_CODINGS = 2

/**
 * Removes the content codings of an answer, off the event loop; each step decompresses to at most `maxBytes`.
 * A known coding is accepted even if the request did not ask for it.
 * @throws FetchFailure
 */
export async function decoded(answer: HttpAnswer, maxBytes: number): Promise<PlainAnswer> {
  const { status, headers, body } = answer
  if (headers['content-encoding'] === undefined) return { status, headers, content: body }
  let content: string | Buffer = body
  for (const coding of codingsOf(headers['content-encoding']))
    content = await decode(content, coding, maxBytes)
  return { status, headers, content: content.toString() }
}

/** The codings in the order in which they are removed: the last that was applied is the first. */
function codingsOf(header: string | readonly string[]): readonly string[] {
  const codings = [header]
    .flat()
    .flatMap((line) => line.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > MAX_CODINGS)
    throw new FetchFailure(
      'invalid',
      `content-encoding has ${codings.length} codings, at most ${MAX_CODINGS}`,
    )
  return codings.reverse()
}

async function decode(content: string | Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  const decoder = DECODERS.get(coding)
  if (!decoder) {
    const known = [...DECODERS.keys()].join(', ')
    const told = JSON.stringify(coding.slice(0, 40))
    throw new FetchFailure('invalid', `content-encoding ${told} is not known: ${known} are`)
  }
  try {
    return await decoder(content, { maxOutputLength: maxBytes })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new FetchFailure('too-large', `the body decompresses to more than ${maxBytes} bytes`)
    throw new FetchFailure('invalid', `the body is not ${coding}: ${code}`)
  }
}
