import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { MailFolder } from './mail-folder.ts'

export type Smtp = { readonly url: string; close(): Promise<void> }

const MOST_BYTES = 5_000_000
const MOST_RECIPIENTS = 50
const MOST_CLIENTS = 20
const SILENCE_MS = 60_000

/** An answer that makes the client fail, with its SMTP reply code. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

/** Recipients that a real server would not take, so that both kinds of failure can be tried. */
function fault(address: string): Error | null {
  if (address.startsWith('refused@')) return refusal(550, '5.1.1 there is no such mailbox')
  if (address.startsWith('later@')) return refusal(451, '4.3.0 try again later')
  return null
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    // The rest is read and dropped, so that the client hears the answer.
    if (size <= MOST_BYTES) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function keep(stream: SMTPServerDataStream, folder: MailFolder): Promise<string> {
  const message = await bytesOf(stream)
  if (stream.sizeExceeded) throw refusal(552, `5.3.4 a message is at most ${MOST_BYTES} bytes`)
  return folder.add(message)
}

/** An SMTP server (RFC 5321) that keeps what it is given, and sends nothing on. */
export async function listenForMail(folder: MailFolder, host: string, port: number): Promise<Smtp> {
  const server = new SMTPServer({
    name: 'mailbox',
    authOptional: true,
    // On this machine only: no sign-in, no TLS.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MOST_BYTES,
    maxClients: MOST_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: 1_000,
    onRcptTo({ address }, session, callback) {
      const full = session.envelope.rcptTo.length >= MOST_RECIPIENTS
      callback(full ? refusal(452, `4.5.3 at most ${MOST_RECIPIENTS} recipients`) : fault(address))
    },
    onData(stream, _, callback) {
      keep(stream, folder).then(
        (id) => callback(null, `kept as ${id}`),
        (error) => callback(error),
      )
    },
  })
  // A client that goes away is no fault of the server.
  server.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, host, resolve)
  })
  // A server that listens has an address object.
  const { port: at } = server.server.address() as AddressInfo
  return {
    url: `smtp://${host}:${at}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
