import type { IncomingMessage } from 'node:http'
import { byteBudget } from '../connection/byte-budget.ts'
import { isInTooManyPieces, onTooManyPieces } from './pieces.ts'

/** The reason why a body was not read. */
export type BodyFault =
  /** Longer than allowed. */
  | 'too-large'
  /** In pieces so small that each costs more than its contents. */
  | 'too-many-pieces'
  /** The bodies being received have too many bytes together, and this one has the most. */
  | 'crowded-out'
  /** The client disconnected. */
  | 'aborted'

/** The bodies that all connections are receiving. */
export type Receiving = {
  /** Reads a body of at most `limit` bytes. */
  collect(request: IncomingMessage, limit: number): Promise<Buffer | BodyFault>
}

const FIRST_BYTES = 4_096
const EMPTY = Buffer.alloc(0)

/**
 * Limits the bytes of all bodies that are being received. Beyond the limit the largest one is refused.
 * @param bound in bytes.
 */
export function receiving(bound: number): Receiving {
  const room = byteBudget(bound)
  return {
    collect(request, limit) {
      return new Promise((resolve) => {
        const settle = (result: Buffer | BodyFault) => {
          room.leave(arrival)
          resolve(result)
          if (typeof result !== 'string') return
          request.off('data', take)
          // Pausing would keep the rest of what the socket has read. This drops it, and false stops the reading.
          request.push = () => false
        }
        const arrival = { giveUp: () => settle('crowded-out') }
        let held = 0
        const body = growingBody(limit, Number(request.headers['content-length']))
        const take = (chunk: Buffer) => {
          const fault = body.add(chunk)
          if (fault) return settle(fault)
          if (body.capacity() === held) return
          held = body.capacity()
          room.hold(arrival, held)
        }
        onTooManyPieces(request, () => settle('too-many-pieces'))
        request.on('data', take)
        request.on('end', () => settle(body.content()))
        request.on('close', () => settle('aborted'))
        request.on('error', () => settle('aborted'))
      })
    },
  }
}

/**
 * The bytes of a body so far, in one buffer that doubles as they arrive. Each piece is a view of the 64 KB
 * that the socket read, so a thousand pieces of one byte would keep a thousand times as much.
 * @param expected bytes, by the content-length; NaN if there is none.
 */
function growingBody(limit: number, expected: number) {
  let buffer: Buffer = EMPTY
  let size = 0
  let pieces = 0
  return {
    add(chunk: Buffer): BodyFault | null {
      pieces++
      const grown = size + chunk.length
      if (grown > limit) return 'too-large'
      if (isInTooManyPieces(pieces, grown)) return 'too-many-pieces'
      // Most bodies arrive in one piece, which is not copied.
      if (pieces === 1 && grown === expected) buffer = chunk
      else if (grown > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(FIRST_BYTES, 2 * size, grown)))
        buffer.copy(larger, 0, 0, size)
        buffer = larger
      }
      if (buffer !== chunk) chunk.copy(buffer, size)
      size = grown
      return null
    },
    content: () => buffer.subarray(0, size),
    capacity: () => buffer.length,
  }
}
