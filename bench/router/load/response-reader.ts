/** A server's response; `body` is valid until the next `feed`. */
export type Answered = { readonly status: number; readonly body: Buffer }

export type ResponseReader = {
  /**
   * Takes bytes of the connection. @returns the response when it is complete. @throws Error if it is not
   * HTTP/1.1.
   */
  feed(chunk: Buffer): Answered | null
}

const HEAD_END = '\r\n\r\n'

/**
 * Reads the responses of one connection, in order, with content-length or chunked bodies. It is made for the
 * load generator, which shares its cores with the subgraphs: a body is copied once and not processed
 * otherwise.
 */
export function responseReader(): ResponseReader {
  let held = Buffer.allocUnsafe(256 * 1_024)
  let filled = 0
  let head: Head | null = null
  const keep = (chunk: Buffer) => {
    if (filled + chunk.length > held.length) {
      const larger = Buffer.allocUnsafe((filled + chunk.length) * 2)
      held.copy(larger, 0, 0, filled)
      held = larger
    }
    filled += chunk.copy(held, filled)
  }
  return {
    feed(chunk) {
      keep(chunk)
      head ??= headOf(held.subarray(0, filled))
      if (!head) return null
      const body = head.length === null ? unchunked(held, head.end, filled) : whole(held, head, filled)
      if (!body) return null
      const answered = { status: head.status, body }
      head = null
      filled = 0
      return answered
    },
  }
}

type Head = { readonly status: number; readonly end: number; readonly length: number | null }

function headOf(bytes: Buffer): Head | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const text = bytes.toString('latin1', 0, end)
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
  if (!status) throw new Error(`not an HTTP/1.1 answer: ${JSON.stringify(text.slice(0, 80))}`)
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(text)) {
    throw new Error(`an answer without a length: ${JSON.stringify(text.slice(0, 200))}`)
  }
  return {
    status: Number(status),
    end: end + HEAD_END.length,
    length: length === undefined ? null : Number(length),
  }
}

function whole(held: Buffer, { end, length }: Head, filled: number): Buffer | null {
  return filled < end + (length ?? 0) ? null : held.subarray(end, end + (length ?? 0))
}

/**
 * RFC 9112, section 7.1, without trailers. Parses from the start each time, since bodies come in few pieces.
 */
function unchunked(held: Buffer, start: number, filled: number): Buffer | null {
  // The last chunk is empty, which rules out most incomplete bodies cheaply.
  if (held.toString('latin1', Math.max(start, filled - 5), filled) !== '0\r\n\r\n') return null
  const parts: Buffer[] = []
  let at = start
  while (at < filled) {
    const lineEnd = held.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(held.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    if (size === 0) return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
    parts.push(held.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return null
}
