import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { newId } from '@argyle/kit/ids'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import { openMailbox } from '../testing/open-notifications.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function open(options: Parameters<typeof openMailbox>[0] = {}) {
  const mailbox = await openMailbox(options)
  const transport = createTransport({ url: mailbox.smtpUrl })
  const send = (subject: string, more: object = {}) =>
    transport.sendMail({
      from: 'shop@argyle.example',
      to: 'ada@argyle.example',
      subject,
      text: 'Hello',
      ...more,
    })
  return { ...mailbox, send, transport }
}

async function openOne(options: Parameters<typeof openMailbox>[0] = {}) {
  const mailbox = await open(options)
  opened.push(mailbox)
  return mailbox
}

const get = (url: string) => fetch(url)

/** The status of a request that a browser would not send. */
function statusOf(
  url: string,
  { host = 'localhost', path: asked = '/api/messages' },
): Promise<number | undefined> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}` }
    const call = request({ host: '127.0.0.1', port, path: asked, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    call.end()
  })
}

/** The heads of all e-mails, newest first. */
async function list(
  url: string,
  to = '',
): Promise<{ id: string; subject: string; to: string[]; from: string }[]> {
  const answer = await get(`${url}/api/messages?to=${to}`)
  // The mailbox is the project's own.
  return (await answer.json()) as Awaited<ReturnType<typeof list>>
}

test('what comes by SMTP is shown, newest first, and found by its recipient', async () => {
  const { url, send } = await openOne()
  const begun = Date.now()
  await send('First')
  await send('Second', { to: 'bob@argyle.example' })
  const page = await (await get(`${url}/`)).text()
  expect(page.indexOf('Second')).toBeLessThan(page.indexOf('First'))
  const [first, ...more] = await list(url, '%20ADA@argyle.example')
  const head = { id: first?.id, subject: 'First', to: ['ada@argyle.example'], from: 'shop@argyle.example' }
  const { receivedAt } = { receivedAt: '', ...first }
  expect([first, more]).toEqual([{ ...head, receivedAt }, []])
  expect(Date.parse(receivedAt)).toBeGreaterThanOrEqual(begun)
  expect(Date.parse(receivedAt)).toBeLessThanOrEqual(Date.now())
  const letter = await (await get(`${url}/api/messages/${first?.id}`)).json()
  const headers = expect.arrayContaining([{ name: 'Subject', value: 'First' }])
  expect(letter).toEqual({ ...head, receivedAt, text: 'Hello\n', html: null, headers })
  expect(await (await get(`${url}/messages/${first?.id}/raw`)).text()).toContain('Subject: First\r\n')
  await send('Third', { to: 'eve@argyle.example, Bob@argyle.example' })
  const ofBob = await list(url, 'bob@argyle.example')
  expect(ofBob.map(({ subject }) => subject)).toEqual(['Third', 'Second'])
})

test('an e-mail’s HTML runs no script, loads nothing, and has no origin; its links open elsewhere', async () => {
  const { url, send } = await openOne()
  await send('<script>alert(1)</script>', {
    html: '<p>Hi</p><script>alert(2)</script><img src="http://track.example/x">',
  })
  const id = (await list(url))[0]?.id
  const page = await (await get(`${url}/messages/${id}`)).text()
  expect(page).not.toContain('<script>')
  const letter = await get(`${url}/messages/${id}/html`)
  const policy = letter.headers.get('content-security-policy')
  expect(policy).toContain('sandbox')
  expect(policy).not.toContain('allow-scripts')
  expect(policy).not.toContain('allow-same-origin')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain('allow-popups allow-popups-to-escape-sandbox')
  expect(await letter.text()).toMatch(/^<base target="_blank"><p>Hi/)
  expect(Object.fromEntries(letter.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
  })
  expect((await get(`${url}/`)).headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
  )
  const raw = await get(`${url}/messages/${id}/raw`)
  expect(raw.headers.get('content-type')).toMatch(/^text\/plain/)
})

test('a page of another site cannot read the e-mails by a name that points here', async () => {
  const { url, send } = await openOne({ hosts: ['mail.example'] })
  await send('Secret')
  expect(await statusOf(url, { host: 'evil.example' })).toBe(403)
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'mail.example'])
    expect([host, await statusOf(url, { host })]).toEqual([host, 200])
})

test('the newest e-mails are kept, over a restart too, and their files with them', async () => {
  const bounds = { messages: 3, bytes: 1_000_000 }
  const first = await open({ bounds })
  for (const subject of ['1', '2', '3', '4']) await first.send(subject)
  await first.close({ keepFolder: true })
  const { folder } = first
  writeFileSync(path.join(folder, 'eml_cut-off.part'), 'Subject: ha')
  const again = await openOne({ bounds, folder })
  // Somebody deletes the file of the oldest e-mail.
  rmSync(path.join(folder, readdirSync(folder).sort()[0] ?? ''))
  expect((await list(again.url)).map(({ subject }) => subject)).toEqual(['4', '3'])
  await again.send('5')
  const kept = await list(again.url)
  expect(kept.map(({ subject }) => subject)).toEqual(['5', '4', '3'])
  expect(readdirSync(folder)).toHaveLength(3)
  // Only the owner of the folder may read them.
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600)
})

test('the folder is bounded in bytes, over a restart too', async () => {
  const bounds = { messages: 100, bytes: 3_000 }
  const more = { text: 'x'.repeat(1_000) }
  const first = await open({ bounds })
  for (const subject of ['1', '2', '3']) await first.send(subject, more)
  expect((await list(first.url)).map(({ subject }) => subject)).toEqual(['3', '2'])
  await first.close({ keepFolder: true })
  const { url, send } = await openOne({ bounds, folder: first.folder })
  await send('4', more)
  expect((await list(url)).map(({ subject }) => subject)).toEqual(['4', '3'])
})

test('the newest 100 e-mails are listed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-mail-'))
  const ids = Array.from({ length: 101 }, () => newId('eml'))
  for (const id of ids) writeFileSync(path.join(folder, `${id}.eml`), `Subject: ${id}\r\n\r\nHello`)
  const { url } = await openOne({ folder })
  expect((await list(url)).map(({ subject }) => subject)).toEqual(ids.slice(1).reverse())
})

test('a program that opens more than 20 connections is refused', async () => {
  const { smtpUrl } = await openOne()
  const greeted = async () => {
    const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1')
    opened.unshift({ close: async () => void socket.destroy() })
    return new Promise<string>((resolve, reject) => {
      socket.once('error', reject)
      socket.once('data', (said) => resolve(said.toString().slice(0, 3)))
    })
  }
  const codes: string[] = []
  for (let count = 0; count < 21; count++) codes.push(await greeted())
  expect(codes).toEqual([...Array(20).fill('220'), '421'])
})

test('a message that is too large is refused, and so are too many recipients', async () => {
  const { url, send } = await openOne()
  await expect(send('Large', { text: 'x'.repeat(5_200_000) })).rejects.toMatchObject({ responseCode: 552 })
  const to = Array.from({ length: 51 }, (_, index) => `p${index}@argyle.example`)
  const { rejected, accepted, rejectedErrors } = await send('Many', { to })
  expect([accepted.length, rejected]).toEqual([50, ['p50@argyle.example']])
  expect(rejectedErrors).toMatchObject([{ response: '452 4.5.3 at most 50 recipients' }])
  const kept = await list(url)
  expect(kept).toHaveLength(1)
})

test.each([
  ['headers of more than 100 kB', { headers: { 'x-long': 'x '.repeat(60_000) } }, /header size/],
  [
    'parts within parts within parts',
    {
      raw: Array.from({ length: 25 }, (_, at) =>
        [`content-type: multipart/mixed; boundary=b${at}`, '', `--b${at}`, ''].join('\r\n'),
      ).join(''),
    },
    /nesting depth/,
  ],
  [
    'too many lines',
    { text: '\n'.repeat(11_000) },
    /^it has 110\d\d lines: allowed for its \d+ bytes are 10\d\d\d at most$/,
  ],
])('an e-mail of %s says that it cannot be read, and hides no other', async (_, more, reason) => {
  const { url, send } = await openOne()
  await send('Whole')
  await send('Broken', more)
  const [broken, whole] = await list(url)
  expect([broken?.subject, whole?.subject]).toEqual(['(unreadable)', 'Whole'])
  const letter = await get(`${url}/api/messages/${broken?.id}`)
  expect(await letter.json()).toMatchObject({ text: expect.stringMatching(reason) })
  expect((await get(`${url}/messages/${broken?.id}/raw`)).status).toBe(200)
})

test('a port that is taken ends the start, and is free after the end', async () => {
  const first = await open()
  using ended = vi.spyOn(SMTPServer.prototype, 'close')
  for (const [name, url] of [
    ['port', first.url],
    ['smtpPort', first.smtpUrl],
  ] as const) {
    const taken = { folder: first.folder, [name]: Number(new URL(url).port) }
    await expect(openMailbox(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  }
  // The SMTP server of the first attempt had started.
  expect(ended).toHaveBeenCalledOnce()
  await first.close()
  await expect(get(first.url)).rejects.toThrow()
  await expect(first.send('Late')).rejects.toMatchObject({ code: 'ESOCKET' })
})

test('recipients that fail can be tried: refused@ for good, later@ for now', async () => {
  const { send } = await openOne()
  await expect(send('No', { to: 'refused@argyle.example' })).rejects.toMatchObject({ responseCode: 550 })
  await expect(send('No', { to: 'later@argyle.example' })).rejects.toMatchObject({ responseCode: 451 })
})

test('a link leads to what a storefront would send', async () => {
  const { url } = await openOne()
  const page = await (await get(`${url}/account/reset-password`)).text()
  expect(page).toContain('resetPassword(input: { token: &quot;TOKEN&quot;')
  expect(page).toContain('#token=')
  expect(await (await get(`${url}/products`)).text()).not.toContain('#token=')
  for (const path of [
    'account/verify-email',
    'account/change-email',
    'account/undo-email-change',
    'account/forgotten-password',
    'account/reviews',
    'orders/A-7K2M-9QX3',
  ])
    expect([path, (await get(`${url}/${path}`)).status]).toEqual([path, 200])
})

test('an unknown path gets 404, and another method 405', async () => {
  const { url } = await openOne()
  const page = await get(`${url}/messages/nothing`)
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  expect((await get(`${url}/messages/..%2f..%2fetc%2fpasswd/raw`)).status).toBe(404)
  expect(await statusOf(url, { path: '//' })).toBe(400)
  const refused = async (answer: Response) => [answer.status, await answer.json()]
  for (const path of ['elsewhere', 'api/messages/nothing'])
    expect(await refused(await get(`${url}/${path}`))).toEqual([404, { error: 'not found' }])
  expect(await refused(await fetch(url, { method: 'POST' }))).toEqual([
    405,
    { error: 'method is POST: allowed is GET' },
  ])
  expect(await refused(await get(`${url}/?to=${'x'.repeat(255)}`))).toEqual([
    400,
    { error: 'to is at most 254 characters' },
  ])
})

const post = (url: string, body: unknown, type = 'application/json') =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': type } })

test('a text message is shown beside the e-mails, and found by its number', async () => {
  const { url, smsUrl } = await openOne()
  const text = 'Zwei Paare 🧦 sind da. '.repeat(10).trim()
  expect((await post(smsUrl, { id: 'ntf_1', to: '+4915112345678', text })).status).toBe(201)
  const [head, ...more] = await list(url, encodeURIComponent('+4915112345678@sms.invalid'))
  expect([head?.subject, more]).toEqual(['Text message to +4915112345678', []])
  const letter = await (await get(`${url}/api/messages/${head?.id}`)).json()
  expect((letter as { text: string }).text.trim()).toBe(text)
})

test.each([
  ['not from a page of another site', { id: '1', to: '+4915112345678', text: 'x' }, 'text/plain', 415],
  ['not without a number', { id: '1', to: 'ada', text: 'x' }, undefined, 400],
  ['not with a header in the number', { id: '1', to: '+49151\r\nBcc: a@b.c', text: 'x' }, undefined, 400],
  ['not one that is too long', { id: '1', to: '+4915112345678', text: 'x'.repeat(2_001) }, undefined, 400],
  ['not one of too many bytes', { id: '1', to: '+4915112345678', text: 'x'.repeat(10_000) }, undefined, 413],
  ['not an empty one', { id: '1', to: '+4915112345678', text: '' }, undefined, 400],
  [
    'not with a header in the id',
    { id: '1>\r\nBcc: a@b.c', to: '+4915112345678', text: 'x' },
    undefined,
    400,
  ],
  ['not with an id of 101 characters', { id: 'i'.repeat(101), to: '+12345', text: 'x' }, undefined, 400],
  ['not to a number of 16 digits', { id: '1', to: '+1234567890123456', text: 'x' }, undefined, 400],
  ['not to a number of 4 digits', { id: '1', to: '+1234', text: 'x' }, undefined, 400],
  ['not to the number that stands for a refusal', { id: '1', to: '+15005550001', text: 'x' }, undefined, 400],
])('a text message is taken, but %s', async (_, body, type, status) => {
  const { url, smsUrl } = await openOne()
  expect((await post(smsUrl, body, type)).status).toBe(status)
  expect(await list(url)).toEqual([])
})

test.each([
  { id: '1', to: '+12345', text: 'x' },
  { id: 'i'.repeat(100), to: '+123456789012345', text: 'x'.repeat(2_000) },
])('a text message at the bounds is taken: %#', async (body) => {
  const { smsUrl } = await openOne()
  expect((await post(smsUrl, body)).status).toBe(201)
})

test('a text message of 10000 bytes of JSON is taken, and one byte more is not', async () => {
  const { smsUrl } = await openOne()
  const body = JSON.stringify({ id: '1', to: '+4915112345678', text: 'x' })
  const headers = { 'content-type': 'application/json' }
  const sized = (length: number) => fetch(smsUrl, { method: 'POST', body: body.padEnd(length), headers })
  expect((await sized(10_000)).status).toBe(201)
  const refused = await sized(10_001)
  expect([refused.status, await refused.text()]).toEqual([
    413,
    expect.stringContaining('a text message is at most 10000 bytes of JSON'),
  ])
})

test('an e-mail to customer service is forwarded with its envelope; the sender gets the result', async () => {
  const taken: { body: string; authorization: string | undefined }[] = []
  let status = 200
  const support = createServer((asked, response) => {
    const chunks: Buffer[] = []
    asked.on('data', (chunk: Buffer) => chunks.push(chunk))
    asked.on('end', () => {
      taken.push({ body: Buffer.concat(chunks).toString(), authorization: asked.headers.authorization })
      response.writeHead(status).end('{}')
    })
  })
  await new Promise<void>((resolve) => support.listen(0, '127.0.0.1', resolve))
  opened.push({ close: () => new Promise<void>((resolve) => support.close(() => resolve())) })
  const { url, send, setSupport } = await openOne()
  // A server that listens has an address object.
  setSupport(`http://127.0.0.1:${(support.address() as AddressInfo).port}/mail`, 'the-key')
  await send('To a person', { to: 'ada@argyle.example, ada.support@argyle.example' })
  const from = { name: 'ada@lovelace.example', address: 'shop@argyle.example' }
  await send('To support', { from, to: 'ada@argyle.example, Support+TAG@argyle.example' })
  expect(taken).toHaveLength(1)
  expect(taken[0]?.authorization).toBe('Bearer the-key')
  expect(taken[0]?.body.split('\r\n').slice(0, 3)).toEqual([
    'Return-Path: <shop@argyle.example>',
    'Delivered-To: Support+TAG@argyle.example',
    'Authentication-Results: mailbox; dmarc=pass header.from=argyle.example',
  ])
  status = 422
  await expect(send('Refused', { to: 'support@argyle.example' })).rejects.toMatchObject({ responseCode: 550 })
  status = 500
  await expect(send('Later', { to: 'support@argyle.example' })).rejects.toMatchObject({ responseCode: 451 })
  expect((await list(url)).map(({ subject }) => subject)).toEqual(['To support', 'To a person'])
  status = 200
  // A report of a mail server has no sender (RFC 5321, section 4.5.5).
  await send('Report', { envelope: { from: '', to: 'support@argyle.example' } })
  expect(taken.at(-1)?.body).toMatch(/^Return-Path: <>\r\n/)
})
