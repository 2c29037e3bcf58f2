import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anAgent, aQuestion, aReply, type OpenSupport, openSupport } from './testing/open-support.ts'
import { MAX_PER_DAY } from './ticket/ticket.ts'

let shop: OpenSupport
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type GuestOrder = Awaited<ReturnType<OpenSupport['aGuestOrder']>>
const open = ({ which }: Pick<GuestOrder, 'which'>, but: object = {}) => {
  const { subject, body, idempotencyKey } = aQuestion()
  return shop.mutate('openGuestTicket', { idempotencyKey, subject, body, ...which, ...but }, anonymous)
}
const opened = async (order: GuestOrder) => {
  const { data } = await open(order)
  expect(data.openGuestTicket.userErrors).toEqual([])
  return data.openGuestTicket.ticket
}
const reply = (order: GuestOrder, id: string, but: object = {}) => ({ ...aReply(id), ...order.which, ...but })

/** The tickets of an order, queried as the router does. */
async function ticketsBelow(
  orderId: string,
  guestProof: string | null,
  viewer: Viewer = anonymous,
  first = 20,
) {
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Order {
    tickets(first: ${first}) { totalCount edges { node { id customer { id } messages { edges { node { kind body } } } } } } } } }`
  const all = [{ __typename: 'Order', id: orderId, guestProof }]
  const { data, errors } = await shop.execute(query, { all }, viewer)
  expect(errors).toEqual([])
  return data._entities[0].tickets
}

describe('a guest', () => {
  test('opens a ticket about the order, reads it by the proof, and writes to it', async () => {
    const order = await shop.aGuestOrder()
    const ticket = await opened(order)
    expect(ticket).toMatchObject({ status: 'OPEN', customer: null, order: null })
    await shop.accepted('answerTicket', aReply(ticket.id, { expectedVersion: 1 }), anAgent())
    await shop.accepted('noteOnTicket', aReply(ticket.id, { body: 'A note' }), anAgent())
    const after = await shop.accepted(
      'writeToGuestTicket',
      reply(order, ticket.id, { body: 'Thank you.' }),
      anonymous,
    )
    expect(after).toMatchObject({ id: ticket.id, status: 'WAITING_AGENT' })
    const { totalCount, edges } = await ticketsBelow(order.orderId, order.proof)
    expect([totalCount, edges[0].node.id]).toEqual([1, ticket.id])
    expect(edges[0].node.messages.edges.map(({ node }: { node: object }) => node)).toEqual([
      { kind: 'CUSTOMER', body: 'It was there when I unpacked them.' },
      { kind: 'AGENT', body: 'We send you a new pair.' },
      { kind: 'CUSTOMER', body: 'Thank you.' },
    ])
    const [answered] = await shop.published('answered', ticket.id)
    expect(answered?.data).toMatchObject({
      customerId: null,
      email: order.email,
      text: 'We send you a new pair.',
    })
  })

  test('who writes after the deadlines publishes them, before any timer has looked', async () => {
    const order = await shop.aGuestOrder()
    const { id } = await opened(order)
    shop.passMinutes(10_000)
    await shop.accepted('writeToGuestTicket', reply(order, id), anonymous)
    expect(await shop.published('breached', id)).toMatchObject([
      { sequence: 2, data: { breaches: [{ clock: 'FIRST_RESPONSE' }, { clock: 'RESOLUTION' }] } },
    ])
  })

  test('is answered in the language of the order’s country, by e-mail alone in that of the newest order of the address', async () => {
    const order = await shop.aGuestOrder({ countryCode: 'AT' })
    const countryOf = async (id: string) => {
      await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1 }), anAgent())
      const [event] = await shop.published('answered', id)
      return (event?.data as { countryCode: string | null } | undefined)?.countryCode
    }
    expect(await countryOf((await opened(order)).id)).toBe('AT')
    expect(await countryOf((await opened(await shop.aGuestOrder())).id)).toBeNull()
    shop.passMinutes(1)
    await shop.aGuestOrder({ countryCode: 'DE', email: order.email })
    expect(await countryOf((await opened(order)).id)).toBe('AT')
    shop.passMinutes(1)
    // Its country is not known.
    await shop.aGuestOrder({ email: order.email })
    const { id } = await opened(order)
    await shop.sql('UPDATE ticket SET order_id = NULL WHERE id = $1', id)
    expect(await countryOf(id)).toBe('DE')
  })

  test('sees tickets of guests about the order alone; staff see all, an account its own', async () => {
    const order = await shop.aGuestOrder()
    const { id } = await opened(order)
    const own = customer(newId('usr'))
    await shop.deliver(
      'orders.order.claimed',
      { orderId: order.orderId, number: order.which.number, customerId: own.kind === 'user' ? own.id : '' },
      { subject: order.orderId },
    )
    const theirs = await shop.aTicket(own, { orderId: order.orderId })
    const idsOf = async (proof: string | null, viewer?: Viewer) =>
      (await ticketsBelow(order.orderId, proof, viewer))?.edges.map(
        ({ node }: { node: { id: string } }) => node.id,
      )
    expect(await idsOf(order.proof)).toEqual([id])
    expect(await idsOf(null, own)).toEqual([theirs.id])
    for (const proof of [null, order.proof])
      expect(await idsOf(proof, staff('support:read'))).toEqual([theirs.id, id])
    expect(await idsOf(null)).toBeUndefined()
    expect(await idsOf('another proof')).toBeUndefined()
    expect(await idsOf('another proof', customer(newId('usr')))).toEqual([])
  })

  test('reads the tickets about the order page by page', async () => {
    const order = await shop.aGuestOrder()
    await opened(order)
    const { id } = await opened(order)
    const page = await ticketsBelow(order.orderId, order.proof, anonymous, 1)
    expect(page).toMatchObject({ totalCount: 2, edges: [{ node: { id } }] })
    expect(page.edges).toHaveLength(1)
  })

  test('with a wrong pair opens nothing, is refused, and is counted', async () => {
    const [order, other] = [await shop.aGuestOrder(), await shop.aGuestOrder()]
    const wrong = { which: { number: order.which.number, secret: other.which.secret } }
    for (let tries = 0; tries < 10; tries++) {
      const { data } = await open(wrong)
      expect(data.openGuestTicket).toMatchObject({
        ticket: null,
        userErrors: [{ path: ['number'], message: expect.stringContaining(order.which.number) }],
      })
    }
    expect((await open(wrong)).errors[0]?.extensions?.code).toBe('RATE_LIMITED')
    expect((await open(order)).errors[0]?.extensions?.code).toBe('RATE_LIMITED')
    expect((await open(other)).data.openGuestTicket.userErrors).toEqual([])
    // One more attempt a minute.
    shop.passMinutes(1)
    expect((await open(wrong)).data.openGuestTicket.userErrors).toHaveLength(1)
    expect((await open(wrong)).errors[0]?.extensions?.code).toBe('RATE_LIMITED')
    expect(await shop.sql('SELECT 1 FROM ticket WHERE order_id = $1', order.orderId)).toEqual([])
  })

  test('with thirty wrong numbers from one address is refused there, and nowhere else', async () => {
    const query = `mutation ($input: OpenGuestTicketInput!) { openGuestTicket(input: $input) { userErrors { __typename } } }`
    let numbers = 0
    const guess = async (clientAddress: string) => {
      const which = { number: `A-${++numbers}`, secret: 'made-up' }
      const input = { idempotencyKey: newId('key'), subject: 'Socks', body: 'Hello.', ...which }
      return (await shop.execute(query, { input }, anonymous, { clientAddress })).errors[0]?.extensions?.code
    }
    for (let tries = 0; tries < 30; tries++) expect(await guess('198.51.100.1')).toBeUndefined()
    expect(await guess('198.51.100.1')).toBe('RATE_LIMITED')
    expect(await guess('203.0.113.1')).toBeUndefined()
    // One more attempt in ten seconds.
    shop.passMinutes(1 / 6)
    expect([await guess('198.51.100.1'), await guess('198.51.100.1')]).toEqual([undefined, 'RATE_LIMITED'])
    // An attempt is forgotten once its bucket is empty.
    const now = shop.passMinutes(0)
    await shop.sql(
      `INSERT INTO throttle (key, empty_at) VALUES ('past', $1), ('later', $2)`,
      now,
      new Date(+now + 1),
    )
    await shop.runTimer('forget-throttles')
    const made = `SELECT key FROM throttle WHERE key IN ('past', 'later')`
    expect(await shop.sql(made)).toEqual([{ key: 'later' }])
  })

  test('whose attempts are spent is refused by both mutations, since they are counted together', async () => {
    const order = await shop.aGuestOrder()
    const ask = async (
      name: 'openGuestTicket' | 'writeToGuestTicket',
      but: object,
      clientAddress: string,
    ) => {
      const type = name === 'openGuestTicket' ? 'OpenGuestTicketInput' : 'WriteToGuestTicketInput'
      const query = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { ... on UserError { path } } } }`
      const which = { idempotencyKey: newId('key'), ...order.which, body: 'Hello.', ...but }
      const input =
        name === 'openGuestTicket' ? { subject: 'Socks', ...which } : { id: newId('tkt'), ...which }
      const { data, errors } = await shop.execute(query, { input }, anonymous, { clientAddress })
      return errors[0]?.extensions?.code ?? data[name].userErrors[0]?.path
    }
    const here = '198.51.100.7'
    for (let tries = 0; tries < 30; tries++)
      expect(await ask('writeToGuestTicket', { number: `A-MADE-UP-${tries}` }, here)).toEqual(['number'])
    for (const name of ['openGuestTicket', 'writeToGuestTicket'] as const)
      expect(await ask(name, {}, here)).toBe('RATE_LIMITED')
    expect(await ask('writeToGuestTicket', {}, '203.0.113.7')).toEqual(['id'])
  })

  test('names an order of several with one number by its secret, and is written to at the address in lower case', async () => {
    const number = 'A-TWICE'
    for (const name of ['One', 'Other']) {
      const email = `${name}@Guest.example`
      const order = await shop.aGuestOrder({ number, email })
      const { id } = await opened({ ...order, which: { ...order.which, number } })
      const [row] = await shop.sql('SELECT order_id, guest_email FROM ticket WHERE id = $1', id)
      expect(row).toEqual({ order_id: order.orderId, guest_email: email.toLowerCase() })
    }
  })

  test('of another order reaches no ticket of this one', async () => {
    const [order, other] = [await shop.aGuestOrder(), await shop.aGuestOrder()]
    const { id } = await opened(order)
    const own = await shop.aTicket(customer(newId('usr')))
    const ofAccount = await opened(order)
    await shop.sql(`UPDATE ticket SET customer_id = 'usr_1', guest_email = NULL WHERE id = $1`, ofAccount.id)
    for (const [by, ticketId] of [
      [other, id],
      [order, own.id],
      [order, ofAccount.id],
      [order, newId('tkt')],
    ] as const) {
      const [error] = await shop.refused('writeToGuestTicket', reply(by, ticketId), anonymous)
      expect(error).toMatchObject({
        path: ['id'],
        message: `there is no ticket about the order "${ticketId}"`,
      })
    }
  })

  test('has no tickets of an order that an account has claimed, in whatever order the messages come', async () => {
    const [first, second] = [await shop.aGuestOrder(), newId('ord')]
    const customerId = newId('usr')
    const claim = (orderId: string, number: string) =>
      shop.deliver('orders.order.claimed', { orderId, number, customerId }, { subject: orderId })
    await claim(first.orderId, first.which.number)
    await claim(second, 'A-2222-2222')
    const late = await shop.aGuestOrder({ orderId: second, number: 'A-2222-2222' })
    for (const which of [first.which, { ...late.which, number: 'A-2222-2222' }])
      expect((await open({ which })).data.openGuestTicket.userErrors).toHaveLength(1)
    expect(
      await shop.sql('SELECT 1 FROM known_order WHERE customer_id IS NOT NULL AND email IS NOT NULL'),
    ).toEqual([])
  })

  test('has at most twenty tickets that are not resolved', async () => {
    const order = await shop.aGuestOrder()
    for (let made = 0; made < 18; made++) await opened(order)
    const answers = await shop.manyAtOnce(4, () => open(order))
    const refused = { message: expect.stringContaining('allowed are 20 at most') }
    expect(answers.flatMap(({ data }) => data.openGuestTicket.userErrors)).toMatchObject([refused, refused])
    // Those about another order are counted apart.
    await opened(await shop.aGuestOrder({ email: order.email }))
  })

  test('opens fifty tickets about an order in 24 hours, though each is resolved', async () => {
    const order = await shop.aGuestOrder()
    const { id } = await opened(order)
    await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, anAgent())
    await shop.sql(
      `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id || n))).*
         FROM ticket t, generate_series(2, $2::int) AS n WHERE t.id = $1 RETURNING 1`,
      ...[id, MAX_PER_DAY],
    )
    const message = expect.stringContaining('you have opened 50 tickets within 24 hours: allowed are 50')
    expect((await open(order)).data.openGuestTicket.userErrors).toMatchObject([{ message }])
    // Those about another order are counted apart.
    await opened(await shop.aGuestOrder({ email: order.email }))
    shop.passMinutes(24 * 60)
    await opened(order)
  })

  test.each([
    [{ idempotencyKey: 'short' }, 'idempotencyKey', 'short'],
    [{ number: 'x'.repeat(41) }, 'number', 'at most 40'],
    [{ secret: 'x'.repeat(101) }, 'secret', 'at most 100'],
    [{ subject: '' }, 'subject', 'at least 1'],
    [{ body: 'x'.repeat(5_001) }, 'body', 'at most 5000'],
  ])('is refused %o', async (but, field, echoed) => {
    const { data } = await open(await shop.aGuestOrder(), but)
    expect(data.openGuestTicket).toMatchObject({
      ticket: null,
      userErrors: [{ path: [field], message: expect.stringContaining(echoed) }],
    })
  })

  test('who has an account since is erased with it', async () => {
    const order = await shop.aGuestOrder()
    const { id } = await opened(order)
    const userId = newId('usr')
    const contact = { userId, email: order.email, displayName: 'Ada' }
    await shop.deliver('users.contact.changed', contact, { subject: userId })
    await shop.deliver('users.email.verified', contact, { subject: userId, sequence: 2 })
    const deletedAt = '2026-11-02T08:00:00.000Z'
    await shop.deliver('users.account.deleted', { userId, deletedAt }, { subject: userId, sequence: 9 })
    expect(await shop.seen(id, anAgent(), 'subject guestEmail')).toEqual({
      subject: 'Erased',
      guestEmail: 'Erased',
    })
    for (const table of ['ticket', 'known_order', 'contact'])
      expect(
        await shop.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`, order.email),
      ).toEqual([])
    await shop.deliver(
      'orders.order.summarised',
      { ...order.summary },
      { subject: order.orderId, id: newId('evt') },
    )
    expect(
      await shop.sql('SELECT email FROM known_order WHERE order_id = $1', order.orderId),
      'the summary is published again',
    ).toEqual([{ email: null }])
  })
})

test('tickets are opened again, and erased, for as many days as the settings say', async () => {
  const own = await openSupport({ REOPEN_DAYS: '3', GUEST_TICKET_DAYS: '30' })
  const viewer = customer(newId('usr'))
  const { id } = await own.aTicket(viewer)
  const { which } = await own.aGuestOrder()
  const guest = await own.accepted('openGuestTicket', { ...aQuestion(), ...which }, anonymous)
  for (const one of [id, guest.id])
    await own.accepted('resolveTicket', { id: one, expectedVersion: 1 }, anAgent())
  own.passMinutes(3 * 1_440 + 1)
  const message = expect.stringContaining('resolved less than 3 days ago')
  for (const refused of [
    await own.refused('writeToTicket', aReply(id), viewer),
    await own.refused('reopenTicket', { id, expectedVersion: 2 }, viewer),
    await own.refused('writeToGuestTicket', { ...aReply(guest.id), ...which }, anonymous),
  ])
    expect(refused).toMatchObject([{ __typename: 'TicketStatusError', message }])
  const erased = async () => {
    await own.runTimer('erase-guest-tickets')
    return (await own.seen(guest.id, anAgent(), 'subject')).subject === 'Erased'
  }
  expect(await erased()).toBe(false)
  own.passMinutes(27 * 1_440)
  expect(await erased()).toBe(true)
  await own.close()
})
