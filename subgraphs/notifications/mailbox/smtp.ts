// Tested in mailbox.test.ts: the test uses the mailbox as a server.

import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { MailFolder } from './mail-folder.ts'

export type Smtp = { readonly url: string; close(): Promise<void> }

/** The name of the mailbox in `Authentication-Results`. */
export const MAILBOX_NAME = 'mailbox'

const MAX_BYTES = 5_000_000
/** Number of bytes that are searched for the sender. */
const MAX_HEAD = 100_000
const MAX_RECIPIENTS = 50
const MAX_CLIENTS = 20
const SILENCE_MS = 60_000

/** An answer that makes the client fail, with its SMTP reply code. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

/** Recipients that a real server would refuse, so that both kinds of failure can be tried. */
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
    // The rest is read and dropped, so that the client gets the answer.
    if (size <= MAX_BYTES) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Forwards an e-mail to the shop. @returns false if it is refused */
export type HandOn = (message: Buffer) => Promise<boolean>

/** Addresses of customer service. */
const SUPPORT = /^support(?:\+[^@]*)?@/i

type Envelope = { readonly recipients: readonly string[]; readonly sender: string }

/** The domain of the first sender of an e-mail, as the results of DMARC name it; empty where there is none. */
function senderDomain(message: Buffer): string {
  const head = message.subarray(0, MAX_HEAD).toString('latin1')
  return /^from:[^\r\n]*@([\w.-]+)/im.exec(head)?.[1] ?? ''
}

/**
 * An e-mail to customer service as a mail server forwards it: with its envelope (RFC 5321) and the results of
 * its checks (RFC 8601).
 */
function handedOn(message: Buffer, { recipients, sender }: Envelope): Buffer {
  const to = recipients.find((address) => SUPPORT.test(address)) ?? ''
  const trace = [
    `Return-Path: <${sender}>`,
    `Delivered-To: ${to}`,
    // Senders are on this machine, so there is no signature to check.
    `Authentication-Results: ${MAILBOX_NAME}; dmarc=pass header.from=${senderDomain(message)}`,
  ]
  return Buffer.concat([Buffer.from(`${trace.join('\r\n')}\r\n`), message])
}

async function keep(
  stream: SMTPServerDataStream,
  folder: MailFolder,
  envelope: Envelope,
  handOn: HandOn | null,
): Promise<string> {
  const message = await bytesOf(stream)
  if (stream.sizeExceeded) throw refusal(552, `5.3.4 a message is at most ${MAX_BYTES} bytes`)
  const isForSupport = envelope.recipients.some((address) => SUPPORT.test(address))
  if (isForSupport && handOn && !(await handOn(handedOn(message, envelope))))
    throw refusal(550, '5.7.1 customer service does not take this e-mail')
  return folder.add(message)
}

/** An SMTP server (RFC 5321) that keeps what it is given, and sends nothing on. */
export async function listenForMail(
  folder: MailFolder,
  {
    host,
    port,
    handOn,
  }: { readonly host: string; readonly port: number; readonly handOn: () => HandOn | null },
): Promise<Smtp> {
  const server = new SMTPServer({
    name: MAILBOX_NAME,
    authOptional: true,
    // On this machine only: no sign-in, no TLS.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: 1_000,
    onRcptTo({ address }, session, callback) {
      const full = session.envelope.rcptTo.length >= MAX_RECIPIENTS
      callback(full ? refusal(452, `4.5.3 at most ${MAX_RECIPIENTS} recipients`) : fault(address))
    },
    onData(stream, { envelope: { mailFrom, rcptTo } }, callback) {
      const recipients = rcptTo.map(({ address }) => address)
      const sender = mailFrom ? mailFrom.address : ''
      keep(stream, folder, { recipients, sender }, handOn()).then(
        (id) => callback(null, `kept as ${id}`),
        (error) => callback(error),
      )
    },
  })
  // A client that disconnects is no error of the server.
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
