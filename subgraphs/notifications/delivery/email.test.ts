import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { CONNECTIONS, MAX_TRY_MS, smtpChannel } from './email.ts'

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** The answer to a command about an address such as `rcpt-550-5.1.1@argyle.example`, of a length at its end; null accepts. */
function answerTo(command: 'rcpt' | 'data', address = ''): Error | null {
  const [refused, code, status, length] = address.split('@')[0]?.split('-') ?? []
  return refused === command
    ? refusal(Number(code), `${status} it was refused`.padEnd(Number(length ?? 0), '!'))
    : null
}

/** Number of open connections, and the caller that waits for their end. */
let connected = 0
let onEnd = () => {}

// ../delivery.int.test.ts shows the e-mails that are sent, ../bounces.int.test.ts the addresses that are stopped.
const server = new SMTPServer({
  allowInsecureAuth: true,
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ['STARTTLS'],
  onAuth: (_, __, callback) => callback(refusal(535, '5.7.8 wrong password')),
  onConnect(_, callback) {
    connected += 1
    callback()
  },
  onClose() {
    connected -= 1
    if (connected === 0) onEnd()
  },
  onRcptTo: ({ address }, _, callback) => callback(answerTo('rcpt', address)),
  onData(stream, { envelope: { rcptTo } }, callback) {
    stream.resume()
    stream.on('end', () => callback(answerTo('data', rcptTo[0]?.address)))
  },
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  port = (server.server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

/** Resolves once no connection is open. Those of tests before may end late. */
const allEnded = () =>
  new Promise<void>((resolve) => {
    onEnd = resolve
    if (connected === 0) resolve()
  })

/** The options of each transport that was created. */
const created: unknown[] = []
/** The package, whose calls are recorded. */
const recording = {
  createTransport(...given: Parameters<typeof createTransport>) {
    created.push(given[0])
    return createTransport(...given)
  },
}

function open(account = '') {
  const LINK_KEY = Buffer.alloc(32, 1).toString('base64url')
  const SMTP_URL = `smtp://${account}127.0.0.1:${port}`
  // The channel calls the function with one object.
  const load = async () => recording as unknown as { createTransport: typeof createTransport }
  return smtpChannel(notificationSettings.parse({ LINK_KEY, SMTP_URL }), load)
}

const mailTo = (to: string) => ({ id: 'ntf_1', to, subject: 'Socks', text: 'Hello', html: '<p>Hello' })

async function send(to: string, account?: string) {
  const channel = open(account)
  try {
    return await channel.send(mailTo(to))
  } finally {
    channel.close()
  }
}

test.each([
  ['rcpt-550-5.1.1', { type: 'refused', stopsAddress: true }],
  ['rcpt-550-5.2.2', { type: 'refused', stopsAddress: false }],
  ['rcpt-450-4.2.1', { type: 'later' }],
  // It concerns the e-mail, whatever its status is.
  ['data-550-5.1.1', { type: 'refused', stopsAddress: false }],
  ['data-500-5.5.1', { type: 'refused', stopsAddress: false }],
  ['data-451-4.3.0', { type: 'later' }],
])('the answer %s', async (answer, outcome) => {
  const reason = expect.stringContaining(`${answer.split('-')[2]} it was refused`)
  expect(await send(`${answer}@argyle.example`)).toEqual({ ...outcome, reason })
})

test('e-mails that are accepted are sent, over connections that the end of the channel ends', async () => {
  await allEnded()
  created.length = 0
  const channel = open()
  for (const to of ['ada@argyle.example', 'bob@argyle.example'])
    expect(await channel.send(mailTo(to))).toEqual({ type: 'sent' })
  expect(created).toHaveLength(1)
  expect(connected).toBeGreaterThan(0)
  channel.close()
  await allEnded()
})

test('a try ends within the time that its steps may take, and a message reads no file and no URL', async () => {
  await send('ada@argyle.example')
  expect(created.at(-1)).toEqual({
    url: expect.any(String),
    ...{ pool: true, maxConnections: CONNECTIONS },
    ...{ connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  expect(MAX_TRY_MS).toBe(160_000)
})

test('a reason has at most 500 characters', async () => {
  const outcome = await send('data-550-5.6.0-600@argyle.example')
  expect({ reason: '', ...outcome }.reason).toHaveLength(500)
})

test('after a refused sign-in of the shop an e-mail is sent later', async () => {
  const reason = expect.stringContaining('5.7.8 wrong password')
  expect(await send('ada@argyle.example', 'shop:wrong@')).toEqual({ type: 'later', reason })
})
