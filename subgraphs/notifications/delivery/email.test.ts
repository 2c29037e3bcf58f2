import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { type MailChannel, smtpChannel } from './email.ts'

const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** The answer to a command about an address such as `rcpt-550-5.1.1@argyle.example`; null accepts. */
function answerTo(command: 'rcpt' | 'data', address = ''): Error | null {
  const [refused, code, status] = address.split('@')[0]?.split('-') ?? []
  return refused === command ? refusal(Number(code), `${status} it was refused`) : null
}

// ../delivery.int.test.ts shows the e-mails that are sent, ../bounces.int.test.ts the addresses that are stopped.
const server = new SMTPServer({
  allowInsecureAuth: true,
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onAuth: (_, __, callback) => callback(refusal(535, '5.7.8 wrong password')),
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

async function send(to: string, account = '') {
  const LINK_KEY = Buffer.alloc(32, 1).toString('base64url')
  const SMTP_URL = `smtp://${account}127.0.0.1:${port}`
  const channel: MailChannel = smtpChannel(notificationSettings.parse({ LINK_KEY, SMTP_URL }))
  try {
    return await channel.send({ id: 'ntf_1', to, subject: 'Socks', text: 'Hello', html: '<p>Hello' })
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

test('an e-mail that is accepted is sent', async () => {
  expect(await send('ada@argyle.example')).toEqual({ type: 'sent' })
})

test('after a refused sign-in of the shop an e-mail is sent later', async () => {
  const reason = expect.stringContaining('5.7.8 wrong password')
  expect(await send('ada@argyle.example', 'shop:wrong@')).toEqual({ type: 'later', reason })
})
