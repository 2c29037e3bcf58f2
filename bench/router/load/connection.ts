import { connect } from 'node:net'
import { type Answered, responseReader } from './response-reader.ts'

export type Connection = {
  /** Sends a request and passes its answer to `onAnswer`; one at a time. */
  send(request: Buffer): void
  close(): void
}

/** One keep-alive connection to 127.0.0.1. Bytes are read into one buffer, not allocated for each read. */
export function openConnection(
  port: number,
  onAnswer: (answered: Answered) => void,
  onFault: (reason: string) => void,
): Promise<Connection> {
  const reader = responseReader()
  const buffer = Buffer.allocUnsafe(256 * 1_024)
  let isClosed = false
  const read = (count: number) => {
    try {
      const answered = reader.feed(buffer.subarray(0, count))
      if (answered) onAnswer(answered)
    } catch (error) {
      onFault(String(error))
    }
    return true
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: read } })
    socket.once('connect', () => {
      resolve({
        send: (request) => void socket.write(request),
        close() {
          isClosed = true
          socket.destroy()
        },
      })
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (!isClosed) onFault('the router closed the connection')
    })
  })
}

/** The bytes of a POST of a GraphQL request. */
export function postRequest(path: string, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
