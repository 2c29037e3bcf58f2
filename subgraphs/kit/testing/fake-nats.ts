import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A message that a client sent: its subject, its headers as text, and its content. */
export type Sent = { readonly subject: string; readonly headers: string; readonly body: unknown }

/** The content of the answer to a request; a text: a status line such as `NATS/1.0 409 Consumer Deleted`; undefined: no answer. */
export type NatsAnswer = (subject: string) => unknown

const INFO = { server_id: 'fake', version: '2.10.0', proto: 1, headers: true, max_payload: 1_048_576 }
const LINE = /^[^\r]*\r\n/

/** A server of the NATS protocol that records what its clients send, and answers their requests by a function. */
export async function fakeNats(answer: NatsAnswer) {
  const sent: Sent[] = []
  const logins: Record<string, unknown>[] = []
  const sockets = new Set<Socket>()
  let isAway = false
  let isSilent = false
  let refused = 0
  let pings = 0

  function serve(socket: Socket): void {
    if (isAway) {
      refused += 1
      socket.on('error', () => {}).destroy()
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => {})
    const inboxes = new Map<string, string>()
    let text = ''
    socket.write(`INFO ${JSON.stringify(INFO)}\r\n`)

    function reply(subject: string, to: string): void {
      const content = answer(subject)
      const inbox = [...inboxes].find(([pattern]) => to.startsWith(pattern.replace(/[*>]$/, '')))
      if (content === undefined || !inbox) return
      if (typeof content === 'string') {
        const headers = `${content}\r\n\r\n`
        socket.write(`HMSG ${to} ${inbox[1]} ${headers.length} ${headers.length}\r\n${headers}\r\n`)
        return
      }
      const body = JSON.stringify(content)
      socket.write(`MSG ${to} ${inbox[1]} ${Buffer.byteLength(body)}\r\n${body}\r\n`)
    }

    function pong(): void {
      pings += 1
      if (!isSilent) socket.write('PONG\r\n')
    }

    /** @returns the length of the message after its line; -1 if it has not arrived completely */
    function message(words: readonly string[], rest: string): number {
      const hasHeaders = words[0] === 'HPUB'
      const [size, headersSize] = [Number(words.at(-1)), hasHeaders ? Number(words.at(-2)) : 0]
      if (rest.length < size + 2) return -1
      const [, subject = ''] = words
      const to = words.length > (hasHeaders ? 4 : 3) ? words[2] : undefined
      const content = rest.slice(headersSize, size)
      const body: unknown = content.startsWith('{') ? JSON.parse(content) : content
      sent.push({ subject, headers: rest.slice(0, headersSize), body })
      if (to) reply(subject, to)
      return size + 2
    }

    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      for (let line = LINE.exec(text)?.[0]; line; line = LINE.exec(text)?.[0]) {
        const words = line.trim().split(' ')
        const rest = text.slice(line.length)
        let taken = 0
        if (words[0] === 'CONNECT') logins.push(JSON.parse(line.slice(8)))
        else if (words[0] === 'PING') pong()
        else if (words[0] === 'SUB') inboxes.set(words[1] ?? '', words.at(-1) ?? '')
        else if (words[0]?.endsWith('PUB')) taken = message(words, rest)
        if (taken < 0) return
        text = rest.slice(taken)
      }
    })
  }

  const server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    sent,
    logins,
    port: (server.address() as AddressInfo).port,
    /** Number of open connections. */
    connections: () => sockets.size,
    /** Ends all connections, and refuses others until it is back. */
    leave() {
      isAway = true
      for (const socket of sockets) socket.destroy()
    },
    back() {
      isAway = false
    },
    /** Answers no ping from now on. */
    fallSilent() {
      isSilent = true
    },
    /** Number of pings: each asks whether the server has everything that was sent before. */
    pings: () => pings,
    /** Number of connections that were refused meanwhile. */
    refused: () => refused,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The answers of a server that has what it is asked for, and no messages for the consumer of this name. */
export function emptyStream(consumer: string): NatsAnswer {
  return (subject) => {
    if (subject.startsWith('argyle.')) return { stream: 'argyle', seq: 1 }
    if (subject.includes('.MSG.NEXT.')) return undefined
    return { stream_name: 'argyle', name: consumer, num_ack_pending: 0, config: {}, state: {} }
  }
}
