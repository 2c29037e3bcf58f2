import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { RouterSettings } from '../../settings.ts'
import { encodingFor } from '../request/media-types.ts'

type Encoding = RouterSettings['http']['compression']['encodings'][number]

/**
 * Off the event loop. The levels suit answers that are read once: of 57 KB, brotli 3 makes 9.8 KB in 0.35 ms (5: 9.8 KB,
 * 1.1 ms), gzip 4 makes 11.8 KB in 0.5 ms (6: 11.2 KB, 0.7 ms).
 */
const COMPRESSORS: Readonly<Record<Encoding, (text: string) => Promise<Buffer>>> = {
  gzip: (text) => promisify<string, { level: number }, Buffer>(gzip)(text, { level: GZIP_LEVEL }),
  br: (text) =>
    promisify<string, { params: Record<number, number> }, Buffer>(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
    }),
}
const GZIP_LEVEL = 4
const BROTLI_QUALITY = 3

/** A body as it goes out. */
export type Body = { readonly bytes: Buffer; readonly encoding: Encoding | null }

/** The text of an answer and its encoded bytes, which requests that share the answer share. */
export type AnswerText = {
  readonly text: string
  /** Whether it is kept after all requests that wait for it have it. */
  readonly isKept: boolean
  bytes?: Buffer
  readonly encoded: Map<Encoding, Promise<Buffer>>
}

/**
 * Compresses an answer that is large enough or must not be sent uncompressed, by the encodings that the
 * client accepts.
 */
export async function compressed(
  answer: AnswerText,
  { headers }: IncomingMessage,
  { above, encodings }: RouterSettings['http']['compression'],
): Promise<Body> {
  const { text, encoded, isKept } = answer
  const { encoding, isRequired } = encodingFor(headers['accept-encoding'], encodings)
  if (!encoding || (text.length <= above && !isRequired)) {
    answer.bytes ??= isKept ? alone(Buffer.from(text)) : Buffer.from(text)
    return { bytes: answer.bytes, encoding: null }
  }
  const bytes = encoded.get(encoding) ?? COMPRESSORS[encoding](text)
  encoded.set(encoding, isKept ? bytes.then(alone) : bytes)
  return { bytes: await bytes, encoding }
}

/**
 * Bytes in a store of their own. Node allocates small buffers from blocks of 64 KB, and compresses into 16
 * KB, so a hundred bytes would keep all of that alive. With 8 MB of recordings it was 5 MB more.
 */
function alone(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.byteLength) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength)
  bytes.copy(copy)
  return copy
}
