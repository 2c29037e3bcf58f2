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
