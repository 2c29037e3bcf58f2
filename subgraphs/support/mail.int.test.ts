import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailShop } from './testing/a-mail.ts'
import { anAgent, aReply, type OpenSupport } from './testing/open-support.ts'
import { MAX_PER_DAY } from './ticket/ticket.ts'

const {
  open,
  close,
  now,
  pass,
  settings,
  anAddress,
  anEmail,
  send,
  opened,
  addressOf,
  seen,
  bodiesOf,
  countOf,
  aCustomer,
} = mailShop()
let shop: OpenSupport
beforeAll(async () => {
  shop = await open()
})
afterAll(close)

describe('an e-mail of somebody who is not known', () => {
  test('opens a guest’s ticket, once however often it is handed on', async () => {
    const from = anAddress()
    const email = anEmail({ from: from.toUpperCase(), id: 'one@mail.example' })
    const answers = [await send(email), await send(email)]
    expect(answers).toEqual([
      { status: 200, result: 'OPENED', ticketId: expect.stringMatching(/^tkt_/) },
      answers[0],
    ])
    expect(await countOf(from)).toBe(1)
    expect(await seen(answers[0]?.ticketId ?? '')).toEqual({
      subject: 'Where is my parcel?',
      status: 'OPEN',
      guestEmail: from,
      customer: null,
      messages: { edges: [{ node: { kind: 'CUSTOMER', body: 'It has not come yet.', author: null } }] },
    })
    const [event] = await shop.published('changed', answers[0]?.ticketId ?? '')
    expect(event?.data).toMatchObject({ customerId: null })
    expect(JSON.stringify(event)).not.toContain(from)
  })

  test('that is handed on many times at once opens one', async () => {
    const from = anAddress()
    const email = anEmail({ from, id: 'many@mail.example' })
    await shop.manyAtOnce(5, () => send(email))
    expect(await countOf(from)).toBe(1)
  })

  test('with files says which were not kept', async () => {
    const text = [
      '--b',
      'Content-Type: text/plain',
      '',
      'See the picture.',
      '--b',
      'Content-Type: image/jpeg; name="sock.jpg"',
      'Content-Disposition: attachment; filename="sock.jpg"',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b--',
    ].join('\r\n')
    const headers = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b']
    const id = await opened({ from: anAddress(), text, headers })
    expect(await bodiesOf(id)).toEqual([
      'See the picture.\n\nNot stored, since attachments are not accepted by e-mail: sock.jpg',
    ])
  })

  test('in HTML, with hidden characters, too long: is text as every other', async () => {
    const headers = ['MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8']
    const text = `<style>p{}</style><p>Wo ist\u202e mein Paket?</p><p>${'🧦'.repeat(6_000)}</p>`
    const id = await opened({
      from: anAddress(),
      text,
      headers,
      subject: `=?utf-8?B?${Buffer.from('🧦'.repeat(200)).toString('base64')}?=`,
    })
    const [body = ''] = await bodiesOf(id)
    expect(body).toMatch(/^Wo ist mein Paket\?\n\n🧦/)
    expect([...body].length).toBeLessThanOrEqual(5_000)
    expect([...(await seen(id)).subject].length).toBeLessThanOrEqual(150)
  })

  test('opens at most twenty tickets that are not resolved', async () => {
    const from = anAddress()
    for (let made = 0; made < 20; made++) await opened({ from })
    pass(3_600_001)
    const refused = anEmail({ from })
    for (const reason of ['allowed are 20 at most', 'it was refused before'])
      expect(await send(refused)).toMatchObject({
        ...{ status: 422, result: 'REFUSED' },
        reason: expect.stringContaining(reason),
      })
    expect(await countOf(from)).toBe(20)
  })

  test('is one of twenty in an hour; others are not held up', async () => {
    const from = anAddress()
    const first = await opened({ from })
    for (let made = 1; made < 20; made++) await send(anEmail({ from, to: addressOf(first) }))
    expect(await send(anEmail({ from, to: addressOf(first) }))).toMatchObject({
      status: 422,
      reason: 'at most 20 e-mails of one sender are accepted in an hour',
    })
    await opened({ from: anAddress() })
    pass(3_600_000)
    expect(await send(anEmail({ from, to: addressOf(first) }))).toMatchObject({ result: 'ADDED' })
  })

  test('in another’s name does not count against that person', async () => {
    const from = anAddress()
    for (let made = 0; made < 20; made++) await send(anEmail({ from }))
    expect(await send(anEmail({ from }))).toMatchObject({ status: 422 })
    const { userId } = await aCustomer(from.toUpperCase())
    const { result, ticketId = '' } = await send(anEmail({ from, isAuthentic: true }))
    expect([result, (await seen(ticketId)).customer]).toEqual(['OPENED', { id: userId }])
  })

  test('waits where too many came of all', async () => {
    const flood = (result: string, ticketId: string | null) =>
      shop.sql(
        `INSERT INTO inbound_mail (key, sender, at, result, ticket_id)
         SELECT $2::text || n, 'flood', $1::timestamptz, $2, $3 FROM generate_series(1, 1000) AS n RETURNING 1`,
        ...[now(), result, ticketId],
      )
    // Rejected e-mails delay no others.
    await flood('REFUSED', null)
    await flood('OPENED', await opened({ from: anAddress() }))
    const email = anEmail({ from: anAddress() })
    expect(await send(email)).toMatchObject({ status: 503, result: 'LATER' })
    const customers = anEmail({ from: (await aCustomer()).email, isAuthentic: true })
    expect(await send(customers)).toMatchObject({ status: 200, result: 'OPENED' })
    await shop.sql(`UPDATE inbound_mail SET of_account = true WHERE sender = 'flood' RETURNING 1`)
    const another = anEmail({ from: (await aCustomer()).email, isAuthentic: true })
    expect(await send(another)).toMatchObject({ status: 503, result: 'LATER' })
    expect(await send(anEmail({ from: anAddress() }))).toMatchObject({ status: 200, result: 'OPENED' })
    await shop.sql(`UPDATE inbound_mail SET of_account = false WHERE sender = 'flood' RETURNING 1`)
    pass(3_600_001)
    expect(await send(email)).toMatchObject({ status: 200, result: 'OPENED' })
  })
})

describe('an e-mail of a customer', () => {
  test('opens a ticket of the account where the mail server vouches for the sender', async () => {
    const { userId, email, viewer } = await aCustomer()
    const id = await opened({ from: email, isAuthentic: true })
    expect(await shop.seen(id, viewer, 'customer { id } guestEmail')).toMatchObject({
      customer: { id: userId },
    })
    expect(await seen(id)).toMatchObject({ guestEmail: null, customer: { id: userId } })
  })

  test.each([
    ['nobody vouches for', []],
    ['another server vouches for', ['Authentication-Results: mx.evil.example; dmarc=pass']],
    ['the server does not vouch for', ['Authentication-Results: mx.argyle.example; dmarc=fail']],
    [
      'the sender vouches for itself',
      [
        'Authentication-Results: mx.argyle.example; dmarc=none',
        'Authentication-Results: mx.argyle.example; dmarc=pass',
      ],
    ],
  ])('that %s opens a guest’s', async (_, headers) => {
    const { email, viewer } = await aCustomer()
    const id = await opened({ from: email, headers })
    expect(await shop.seen(id, viewer, 'id')).toBeNull()
    expect(await seen(id)).toMatchObject({ guestEmail: email, customer: null })
  })

  test('whose address is not verified is a guest’s: anybody may sign up with it', async () => {
    const { userId, email, viewer } = await aCustomer(anAddress(), false)
    const id = await opened({ from: email, isAuthentic: true })
    expect(await seen(id)).toMatchObject({ customer: null, guestEmail: email })
    const { data } = await shop.execute('query ($id: ID!) { ticket(id: $id) { subject } }', { id }, viewer)
    expect(data.ticket).toBeNull()
    await shop.deliver(
      'users.account.deleted',
      { userId, deletedAt: now().toISOString() },
      { subject: userId, sequence: 9 },
    )
    expect(await seen(id)).toMatchObject({ guestEmail: email, status: 'OPEN' })
  })

  test('answers a ticket by its address, or by its references', async () => {
    const { userId, email, viewer } = await aCustomer()
    const { id, version } = await shop.aTicket(viewer)
    await shop.accepted('answerTicket', aReply(id, { expectedVersion: version }), anAgent())
    const [answered] = await shop.published('answered', id)
    const { replyTag } = (answered?.data ?? {}) as { replyTag: string }
    expect(answered?.data).toMatchObject({
      email: null,
      text: null,
      replyTag: expect.stringMatching(/^[0-9a-f]{52}$/),
    })
    const text =
      'Thank you.\r\n\r\nOn Sat, 28 Nov 2026 at 09:30, Argyle <shop@argyle.example> wrote:\r\n> We send you a new pair.'
    const byAddress = { from: email, to: `Support <support+${replyTag.toUpperCase()}@argyle.example>`, text }
    const reply = anEmail(byAddress)
    for (let time = 0; time < 2; time++)
      expect(await send(reply)).toMatchObject({ status: 200, result: 'ADDED', ticketId: id })
    for (const name of ['References', 'In-Reply-To']) {
      const headers = [`${name}: <ntf_1@argyle.example> <ticket.${replyTag}@argyle.example>`]
      expect(await send(anEmail({ from: email, headers }))).toMatchObject({ result: 'ADDED', ticketId: id })
    }
    const { status, messages } = await seen(id)
    expect(status).toBe('WAITING_AGENT')
    expect(messages.edges.slice(2).map(({ node }: { node: object }) => node)).toEqual(
      ['Thank you.', 'It has not come yet.', 'It has not come yet.'].map((body) => {
        return { kind: 'CUSTOMER', body, author: { id: userId } }
      }),
    )
    const other = await send(anEmail({ ...byAddress, from: anAddress() }))
    expect(other).toMatchObject({ result: 'OPENED' })
    expect(other.ticketId).not.toBe(id)
  })

  test('to a ticket resolved long ago opens a new one of the account, about the same order and product', async () => {
    const { userId, email, viewer } = await aCustomer()
    const about = { orderId: await shop.anOrder(userId), productId: await shop.aProduct() }
    const { id } = await shop.aTicket(viewer, about)
    await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, anAgent())
    pass(15 * 24 * 3_600_000)
    const { result, ticketId = '' } = await send(anEmail({ from: email, to: addressOf(id) }))
    expect([result, ticketId === id]).toEqual(['OPENED', false])
    const [event] = await shop.published('changed', ticketId)
    expect(event?.data).toMatchObject({ ...about, customerId: userId })
  })
})

test('a guest is answered by an e-mail, which has the answer, and answers it', async () => {
  const from = anAddress()
  const id = await opened({ from })
  // No timer has looked, so the e-mail publishes the missed deadlines.
  pass(10_000 * 60_000)
  expect(await send(anEmail({ from, to: addressOf(id) }))).toMatchObject({ result: 'ADDED', ticketId: id })
  expect(await shop.published('breached', id)).toMatchObject([
    { sequence: 2, data: { breaches: [{ clock: 'FIRST_RESPONSE' }, { clock: 'RESOLUTION' }] } },
  ])
  await shop.accepted('answerTicket', aReply(id, { expectedVersion: 2 }), anAgent())
  const [answered] = await shop.published('answered', id)
  expect(answered?.data).toMatchObject({ customerId: null, email: from, text: 'We send you a new pair.' })
  expect(await send(anEmail({ from, to: addressOf(id) }))).toMatchObject({ result: 'ADDED', ticketId: id })
  const other = await send(anEmail({ from: anAddress(), to: addressOf(id) }))
  expect(other).toMatchObject({ result: 'OPENED' })
  expect(other.ticketId).not.toBe(id)
  expect(await bodiesOf(id)).toHaveLength(4)
})

test('an e-mail to a ticket that was merged goes to the other, and one to a ticket resolved long ago opens a new one', async () => {
  const from = anAddress()
  const [first, second] = [await opened({ from }), await opened({ from })]
  const merge = { id: first, expectedVersion: 1, intoId: second, expectedIntoVersion: 1 }
  await shop.accepted('mergeTicket', merge, anAgent())
  expect(await send(anEmail({ from, to: addressOf(first) }))).toMatchObject({
    result: 'ADDED',
    ticketId: second,
  })
  const { version } = await shop.seen(second, anAgent(), 'version')
  await shop.accepted('resolveTicket', { id: second, expectedVersion: version }, anAgent())
  pass(15 * 24 * 3_600_000)
  const late = await send(anEmail({ from, to: addressOf(second) }))
  expect(late).toMatchObject({ result: 'OPENED' })
  expect(await seen(late.ticketId ?? '')).toMatchObject({ guestEmail: from })
})

test('tickets of two guests are not merged', async () => {
  const [one, other] = [await opened({ from: anAddress() }), await opened({ from: anAddress() })]
  const merge = { id: one, expectedVersion: 1, intoId: other, expectedIntoVersion: 1 }
  const [error] = await shop.refused('mergeTicket', merge, anAgent())
  expect(error.message).toContain('of another customer')
})

describe('an e-mail opens no ticket', () => {
  test.each([
    ['an automatic reply', ['Auto-Submitted: auto-replied'], {}, 'Auto-Submitted'],
    ['a notification', ['Auto-Submitted: auto-generated'], {}, 'Auto-Submitted'],
    ['a bulk e-mail', ['Precedence: bulk'], {}, 'Precedence'],
    ['an e-mail of a list', ['List-Id: <news.example>'], {}, 'list-id'],
    ['an advertisement', ['List-Unsubscribe: <https://news.example>'], {}, 'list-unsubscribe'],
    ['a bounce', ['Return-Path: <>'], {}, 'Return-Path'],
    ['a report', ['Content-Type: multipart/report; boundary=b'], {}, 'report'],
    ['an e-mail of a mail server', [], { from: 'MAILER-DAEMON@mx.example' }, 'mailer-daemon@mx.example'],
    ['an e-mail of nobody', [], { from: 'no-reply@shop.example' }, 'no-reply@shop.example'],
    ['an e-mail without a text', [], { text: '\u200b' }, 'no text'],
    ['an e-mail without a sender', [], { from: 'nobody' }, 'no sender'],
  ])('that is %s', async (_, headers, but, reason) => {
    const from = anAddress()
    expect(await send(anEmail({ from, headers, ...but }))).toEqual({
      status: 200,
      result: 'IGNORED',
      reason: expect.stringContaining(reason),
    })
    expect(await countOf(from)).toBe(0)
  })

  test('of a person who says that no program has sent it', async () => {
    await opened({ from: anAddress(), headers: ['Auto-Submitted: no'] })
  })

  test('that nobody may hand on, that is too large, has too many lines, or is no e-mail', async () => {
    const email = anEmail({ from: anAddress() })
    const another = `Bearer ${Buffer.alloc(32, 8).toString('base64url')}`
    const own = `Bearer ${settings.SUPPORT_MAIL_KEY}`
    const error = 'Authorize by Bearer and SUPPORT_MAIL_KEY.'
    for (const authorization of ['', 'Bearer', `${own}x`, another, `x ${own}`])
      expect(await send(email, { authorization })).toEqual({ status: 401, error })
    expect((await send(email, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send('x'.repeat(5_000_001))).status).toBe(413)
    expect(await send(`${email}${'\n'.repeat(11_000)}`)).toMatchObject({ status: 422, result: 'REFUSED' })
    expect(await send('x'.repeat(1_000))).toMatchObject({ result: 'IGNORED' })
    expect(await send('Content-Type: multipart/mixed; boundary=a\n\n--a\n'.repeat(1_000))).toMatchObject({
      result: 'IGNORED',
    })
  })
})

test('fifty resolved tickets of a day, which anybody may have opened in a guest’s name, refuse the guest no further one', async () => {
  const from = anAddress()
  const id = await opened({ from })
  await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, anAgent())
  await shop.sql(
    `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id || n))).*
       FROM ticket t, generate_series(2, $2::int) AS n WHERE t.id = $1 RETURNING 1`,
    id,
    MAX_PER_DAY,
  )
  await opened({ from })
})

test('what a guest wrote is erased with the account of the same address, which is forgotten', async () => {
  const { userId, email } = await aCustomer()
  const id = await opened({ from: email })
  await shop.deliver(
    'users.account.deleted',
    { userId, deletedAt: now().toISOString() },
    { subject: userId, sequence: 9 },
  )
  await shop.deliver(
    'users.contact.changed',
    { userId, email, displayName: 'Ada' },
    { subject: userId, sequence: 8 },
  )
  expect(await seen(id)).toMatchObject({ subject: 'Erased', status: 'RESOLVED', guestEmail: 'Erased' })
  expect(await bodiesOf(id)).toEqual(['Erased'])
  for (const table of ['ticket', 'ticket_message', 'contact', 'inbound_mail'])
    expect(await shop.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`, email)).toEqual([])
})

test('e-mails are forgotten after thirty days, in more than one batch', async () => {
  await shop.sql(
    `INSERT INTO inbound_mail (key, sender, at, result)
     SELECT 'old ' || n, 'old', $1::timestamptz - interval '30 days' - LEAST(n, 1) * interval '1 ms', 'REFUSED'
       FROM generate_series(0, 1500) AS n RETURNING 1`,
    new Date('2026-11-02T08:00:00.000Z'),
  )
  await shop.runTimer('forget-mail')
  expect(await shop.sql(`SELECT key FROM inbound_mail WHERE key LIKE 'old %'`)).toEqual([{ key: 'old 0' }])
})
