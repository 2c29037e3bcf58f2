import { expect, test } from 'vitest'
import { readInbound } from './inbound.ts'

/** Whether an e-mail with these results of the receiving server is believed to be of its sender. */
async function isAuthentic(results: string, server: string | null = 'mx.argyle.example') {
  const lines = [
    `Authentication-Results: ${results}`,
    'From: ada@mail.example',
    'Message-ID: <1@mail.example>',
  ]
  const mail = await readInbound(Buffer.from([...lines, '', 'Where is my parcel?'].join('\r\n')), server)
  return 'isAuthentic' in mail && mail.isAuthentic
}

test.each([
  'mx.argyle.example; spf=pass; dmarc=pass header.from=mail.example',
  'mx.argyle.example 1; dmarc=pass (p=reject; sp=none) header.from=Mail.Example',
])('DMARC has passed by %s', async (results) => {
  expect(await isAuthentic(results)).toBe(true)
  expect(await isAuthentic(results, 'MX.argyle.Example')).toBe(true)
  expect(await isAuthentic(results, null)).toBe(false)
})

// A sender chooses the content of quoted strings and comments.
test.each([
  'mx.argyle.example; spf=pass smtp.mailfrom="x; dmarc=pass y"@evil.example; dmarc=fail',
  'mx.argyle.example; spf=pass (x; dmarc=pass; y); dmarc=fail',
  'mx.argyle.example; dmarc=pass header.from=mail.example; dmarc=fail',
  'mx.argyle.example; dmarc=passed header.from=mail.example',
  'mx.argyle.example; dmarc=pass',
  'mx.argyle.example; dmarc=pass header.from=evil.example',
  'mx.argyle.example; dmarc=pass header.from=mail.example.evil.example',
  'mx.argyle.example; dmarc=pass policy.header.from=mail.example',
  'mx.evil.example; dmarc=pass',
  '',
])('it has not by %j', async (results) => {
  expect(await isAuthentic(results)).toBe(false)
})

test.each([
  ['From: Ada <ada@bank.example>, Mallory <m@evil.example>', 2],
  ['From: Ada <ada@bank.example>\r\nFrom: Mallory <m@evil.example>', 2],
  ['From: bank: ada@bank.example, m@evil.example;', 1],
])('an e-mail with %j is of nobody', async (from, count) => {
  const results = 'Authentication-Results: mx.argyle.example; dmarc=pass header.from=evil.example'
  const email = Buffer.from([results, from, '', 'Where is my parcel?'].join('\r\n'))
  const mail = await readInbound(email, 'mx.argyle.example')
  expect(mail).toEqual(
    count === 1
      ? { ignored: 'it has no sender' }
      : { refused: `it has ${count} senders in From: allowed is one` },
  )
})

test('an e-mail of a million empty lines is refused before it is parsed', async () => {
  const email = Buffer.from(`From: ada@mail.example\r\n\r\nHello${'\n'.repeat(1_000_000)}`)
  const reason = 'it has 1000003 lines: allowed for its 1000031 bytes are 23889 at most'
  expect(await readInbound(email, null)).toEqual({ refused: reason })
})

const read = (...lines: string[]) => readInbound(Buffer.from(lines.join('\r\n')), null)

test('an e-mail is read whole: where it was sent, what it answers, and the names of its files', async () => {
  const files = Array.from({ length: 11 }, (_, index) =>
    [
      '--b',
      'Content-Type: image/png',
      `Content-Disposition: attachment; filename="${index}.png"`,
      '',
      'x',
    ].join('\r\n'),
  )
  const mail = await read(
    'From: Ada <Ada@Mail.example>',
    'To: support@argyle.example, other@argyle.example',
    'Cc: third@argyle.example',
    'Delivered-To: support+tag@argyle.example',
    'In-Reply-To: <one@argyle.example>',
    'References: <two@argyle.example> <three@argyle.example>',
    'Message-ID: <1@mail.example>',
    'Subject: A hole\r\n  in a sock',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'It is   large.',
    ...files,
    '--b--',
  )
  const named = Array.from({ length: 10 }, (_, index) => `${index}.png`).join(', ')
  expect(mail).toEqual({
    key: expect.stringMatching(/^[\w-]{43}$/),
    from: 'ada@mail.example',
    isAuthentic: false,
    names: [
      'support@argyle.example',
      'other@argyle.example',
      'third@argyle.example',
      'support+tag@argyle.example',
      '<one@argyle.example>',
      '<two@argyle.example> <three@argyle.example>',
    ],
    subject: 'A hole in a sock',
    body: `It is   large.\n\nNot stored, since attachments are not accepted by e-mail: ${named} and 1 more`,
  })
})

test('the newest references of a long conversation are read', async () => {
  const references = Array.from({ length: 200 }, (_, index) => `<reference-${index}@argyle.example>`)
  const folded = `References: ${references.join('\r\n ')}`
  const mail = await read('From: ada@mail.example', folded, '', 'Hello.')
  const { names } = { names: [''], ...mail }
  expect(names.at(-1)).toHaveLength(4_000)
  expect(names.at(-1)).toMatch(/<reference-199@argyle\.example>$/)
})

test.each([
  ['Plain text.', 'Plain text.'],
  [' ', 'Of the <page>.'],
])('of the text %j and a page, the body is %j', async (text, body) => {
  const mail = await read(
    'From: ada@mail.example',
    'Content-Type: multipart/alternative; boundary=b',
    ...['', '--b', 'Content-Type: text/plain', '', text],
    ...['--b', 'Content-Type: text/html', '', '<p>Of the &lt;page&gt;.</p>', '--b--'],
  )
  expect(mail).toMatchObject({ body })
})

test('fifty addresses are looked through', async () => {
  const addresses = Array.from({ length: 60 }, (_, index) => `p${index}@mail.example`)
  const mail = await read('From: ada@mail.example', `To: ${addresses.join(', ')}`, '', 'Hello.')
  // The last two are the references, of which there are none.
  expect(mail).toMatchObject({ names: [...addresses.slice(0, 50), '', ''] })
})

test('a sender has an address of 254 characters at most, in ASCII', async () => {
  const ignored = { ignored: 'it has no sender' }
  const addressOf = (length: number) => `${'a'.repeat(length - '@mail.example'.length)}@mail.example`
  for (const [from, outcome] of [
    [addressOf(254), { from: addressOf(254) }],
    [addressOf(255), ignored],
    ['ädä@mail.example', ignored],
  ] as const)
    expect(await read(`From: ${from}`, '', 'Hello.')).toMatchObject(outcome)
})

test('long names of files are cut', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(100))
  const files = names.flatMap((name) => [
    ...['--b', 'Content-Type: image/png', `Content-Disposition: attachment; filename="${name}"`, '', 'x'],
  ])
  const head = ['From: ada@mail.example', 'Content-Type: multipart/mixed; boundary=b', '', '--b']
  const mail = await read(...head, 'Content-Type: text/plain', '', 'Hello.', ...files, '--b--')
  const shown = names.join(', ').slice(0, 500)
  const body = `Hello.\n\nNot stored, since attachments are not accepted by e-mail: ${shown}`
  expect(mail).toMatchObject({ body })
})

test('an e-mail without a subject says so', async () => {
  const mail = await read('From: ada@mail.example', '', 'Hello.')
  expect(mail).toMatchObject({ subject: 'An e-mail without a subject' })
})

test('a long text leaves room for the names of the files', async () => {
  const mail = await read(
    'From: ada@mail.example',
    'Content-Type: multipart/mixed; boundary=b',
    ...['', '--b', 'Content-Type: text/plain', '', 'x'.repeat(6_000)],
    ...[
      '--b',
      'Content-Type: image/png; name="sock.png"',
      'Content-Disposition: attachment',
      '',
      'x',
      '--b--',
    ],
  )
  const files = '…\n\nNot stored, since attachments are not accepted by e-mail: sock.png'
  expect(mail).toMatchObject({ body: 'x'.repeat(5_000 - files.length) + files })
})

test('an e-mail has one key, each time it comes; another of the sender, or the same id of another, has another', async () => {
  const keyOf = async (from: string, id: string, text = 'Hello.') => {
    const mail = await read(`From: ${from}`, ...(id ? [`Message-ID: <${id}>`] : []), '', text)
    return 'key' in mail ? mail.key : null
  }
  const keys = [
    await keyOf('ada@mail.example', '1'),
    await keyOf('ada@mail.example', '2'),
    await keyOf('bob@mail.example', '1'),
    await keyOf('ada@mail.example', ''),
    await keyOf('ada@mail.example', '', 'Hello again.'),
  ]
  expect(new Set(keys).size).toBe(5)
  expect(await keyOf('ADA@mail.example', '1', 'Hello again.')).toBe(keys[0])
})

test.each([
  ...['bulk', 'list', 'JUNK', 'auto_reply'].map((value) => [
    `Precedence: ${value}`,
    'it was sent in bulk (Precedence)',
  ]),
  ...['List-Id', 'List-Unsubscribe', 'X-Autoreply', 'X-Autorespond', 'X-Loop'].map((name) => [
    `${name}: x`,
    `it was sent to a list, or automatically (${name.toLowerCase()})`,
  ]),
  ['Auto-Submitted: auto-replied', 'it is an automatic reply (Auto-Submitted)'],
  ['Return-Path: <>', 'it has no return address (Return-Path)'],
  ['Content-Type: multipart/report; boundary=b', 'it is a report of a mail server'],
])('an e-mail with %s is ignored: %s', async (header, ignored) => {
  expect(await read('From: ada@mail.example', header, '', 'Hello.')).toEqual({ ignored })
})

test.each([
  ...['mailer-daemon', 'postmaster', 'noreply', 'no-reply', 'donotreply', 'do-not-reply', 'do-notreply'].map(
    (local) => [local, true] as const,
  ),
  ...['daemon', 'reply', 'not-reply', 'anoreply', 'noreplys'].map((local) => [local, false] as const),
])('an e-mail of %s@ is of a program: %s', async (local, isProgram) => {
  const from = `${local}@mail.example`
  const mail = await read(`From: ${from}`, 'Precedence: normal', 'Auto-Submitted: no', '', 'Hello.')
  expect(mail).toMatchObject(isProgram ? { ignored: `it is of ${from}` } : { from })
})
