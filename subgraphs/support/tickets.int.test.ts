import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anAgent, aQuestion, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'
import { MAX_PER_DAY, MAX_UNRESOLVED } from './ticket/ticket.ts'

let shop: OpenSupport
const agent = anAgent()
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['ticket ('])

type Shown = { node: { kind: string; body: string; author: { id: string } } }
const kinds = (ticket: { messages: { edges: Shown[] } }) => ticket.messages.edges.map(({ node }) => node.kind)

test('a ticket is opened about an order and a product, answered, written to, resolved, rated and opened again', async () => {
  const viewer = customer(newId('usr'))
  const [orderId, productId] = [await shop.anOrder(idOf(viewer)), await shop.aProduct()]
  const attachments = [{ name: 'hole.jpg', url: 'https://files.example/hole.jpg' }]
  const opened = await shop.aTicket(viewer, { orderId, productId, attachments })
  expect(opened).toMatchObject({
    ...{ status: 'OPEN', priority: 'NORMAL', version: 1, order: { id: orderId }, product: { id: productId } },
    ...{ customer: { id: idOf(viewer) }, mergedInto: null, satisfaction: null, resolvedAt: null },
    messages: { edges: [{ node: { kind: 'CUSTOMER', author: { id: idOf(viewer) }, attachments } }] },
  })
  const { id } = opened
  const answered = await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1 }), agent)
  expect(answered).toMatchObject({ status: 'WAITING_CUSTOMER', version: 2 })
  const written = await shop.accepted('writeToTicket', aReply(id, { body: 'Thank you.' }), viewer)
  expect(written).toMatchObject({ status: 'WAITING_AGENT', version: 3 })
  expect(kinds(written)).toEqual(['CUSTOMER', 'AGENT', 'CUSTOMER'])
  const resolved = await shop.accepted('resolveTicket', { id, expectedVersion: 3 }, viewer)
  expect(resolved).toMatchObject({ status: 'RESOLVED', resolvedAt: expect.any(String) })
  const rating = { id, expectedVersion: 4, rating: 5, comment: ' Quick. ' }
  expect(await shop.accepted('rateTicket', rating, viewer)).toMatchObject({
    satisfaction: { rating: 5, comment: 'Quick.', ratedAt: expect.any(String) },
  })
  const again = await shop.accepted('reopenTicket', { id, expectedVersion: 5 }, viewer)
  expect(again).toMatchObject({ status: 'WAITING_AGENT', resolvedAt: null, satisfaction: { rating: 5 } })
})

test('each message has its author, its time, its text and its files', async () => {
  const viewer = customer(newId('usr'))
  const { id } = await shop.aTicket(viewer)
  const messages = [
    ['answerTicket', 'AGENT', agent],
    ['noteOnTicket', 'NOTE', agent],
    ['writeToTicket', 'CUSTOMER', viewer],
  ] as const
  const written: object[] = []
  for (const [name, kind, author] of messages) {
    const attachments = [1, 2].map((n) => ({
      name: `${kind} ${n}`,
      url: `https://files.example/${kind}/${n}`,
    }))
    const message = { body: `By ${name}.`, attachments }
    const at = shop.passMinutes(1).toISOString()
    const version = name === 'answerTicket' ? { expectedVersion: 1 } : {}
    await shop.accepted(name, aReply(id, { ...message, ...version }), author)
    written.push({ ...message, kind, at, id: expect.stringMatching(/^msg_/), author: { id: idOf(author) } })
  }
  const shown = (await shop.seen(id, agent)).messages.edges.slice(1)
  expect(shown.map(({ node }: Shown) => node)).toEqual(written)
})

test('each change publishes the state of the ticket, an answer its message, without their texts', async () => {
  const viewer = customer(newId('usr'))
  const { id, subject } = await shop.aTicket(viewer)
  await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1 }), agent)
  await shop.accepted('noteOnTicket', aReply(id), agent)
  const changed = await shop.published('changed', id)
  expect(changed.map(({ sequence, data }) => [sequence, (data as { status: string }).status])).toEqual([
    [1, 'OPEN'],
    [2, 'WAITING_CUSTOMER'],
    [3, 'WAITING_CUSTOMER'],
  ])
  const [answered, ...more] = await shop.published('answered', id)
  expect(more).toEqual([])
  const data = { ticketId: id, customerId: idOf(viewer), ticketSubject: subject }
  expect(answered).toMatchObject({
    sequence: 2,
    data: { ...data, messageId: expect.stringMatching(/^msg_/) },
  })
  expect(JSON.stringify([...changed, answered])).not.toContain('new pair')
})

test.each([
  ['a customer', customer(newId('usr'))],
  ['staff who only read the tickets of others', staff('support:read')],
])('the reopening period of %s ends after 14 days, not for an agent', async (_, viewer) => {
  const { id } = await shop.aTicket(viewer)
  await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, agent)
  shop.passMinutes(14 * 1_440 + 1)
  for (const refused of [
    await shop.refused('writeToTicket', aReply(id), viewer),
    await shop.refused('reopenTicket', { id, expectedVersion: 2 }, viewer),
  ])
    expect(refused).toMatchObject([{ __typename: 'TicketStatusError', status: 'RESOLVED', path: ['id'] }])
  expect(await shop.accepted('reopenTicket', { id, expectedVersion: 2 }, agent)).toMatchObject({
    status: 'WAITING_AGENT',
  })
})

test('an order that is not the viewer’s is unknown, with how current the copy is', async () => {
  const viewer = customer(newId('usr'))
  const theirs = await shop.anOrder(newId('usr'))
  for (const orderId of [theirs, newId('ord'), await shop.anOrder(null)])
    expect(await shop.refused('openTicket', aQuestion({ orderId }), viewer)).toMatchObject([
      { __typename: 'UnknownOrderError', path: ['orderId'], processedThrough: expect.any(String) },
    ])
})

test('a product that is sold no more can be named', async () => {
  const productId = await shop.aProduct('ARCHIVED')
  const ticket = await shop.aTicket(customer(newId('usr')), { productId })
  expect(ticket).toMatchObject({ product: { id: productId } })
})

test('all errors of a new ticket are reported together', async () => {
  const [orderId, productId] = [newId('ord'), await shop.aProduct('DRAFT')]
  const errors = await shop.refused('openTicket', aQuestion({ orderId, productId }), customer(newId('usr')))
  expect(errors.map(({ path }: { path: string[] }) => path)).toEqual([['orderId'], ['productId']])
})

test(`a customer has at most ${MAX_UNRESOLVED} tickets that are not resolved, however many are opened at once`, async () => {
  const viewer = customer(newId('usr'))
  const answers = await shop.manyAtOnce(MAX_UNRESOLVED + 3, () =>
    shop.mutate('openTicket', aQuestion(), viewer),
  )
  const refused = answers.flatMap(({ data }) => data.openTicket.userErrors)
  expect(refused).toHaveLength(3)
  expect(refused[0]).toMatchObject({ __typename: 'ValidationError', message: expect.stringContaining('20') })
  const id = answers.map(({ data }) => data.openTicket.ticket?.id).find(Boolean)
  await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, viewer)
  const { id: from } = await shop.aTicket(viewer)
  // A merged ticket is none that waits.
  const merge = { id: from, expectedVersion: 1, intoId: id, expectedIntoVersion: 2 }
  await shop.accepted('mergeTicket', merge, agent)
  expect(await shop.refused('openTicket', aQuestion(), viewer)).toHaveLength(1)
  await shop.accepted('resolveTicket', { id, expectedVersion: 3 }, viewer)
  await shop.aTicket(viewer)
})

test('of two agents who answer one version at once, one answer counts', async () => {
  const { id } = await shop.aTicket()
  const agents = [anAgent(), anAgent(), anAgent()]
  const answers = await shop.atOnce(
    agents.map((one) => () => shop.mutate('answerTicket', aReply(id, { expectedVersion: 1 }), one)),
  )
  const errors = answers.flatMap(({ data }) => data.answerTicket.userErrors)
  expect(errors).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2 },
    { __typename: 'VersionConflictError', currentVersion: 2 },
  ])
  expect(kinds(await shop.seen(id, agent))).toEqual(['CUSTOMER', 'AGENT'])
})

test('messages, notes and changes at once are all kept, and the count of messages agrees', async () => {
  const viewer = customer(newId('usr'))
  const { id } = await shop.aTicket(viewer)
  await shop.manyAtOnce(12, (index) =>
    index % 2
      ? shop.accepted('writeToTicket', aReply(id), viewer)
      : shop.accepted('noteOnTicket', aReply(id), agent),
  )
  const [row] = await shop.sql(
    `SELECT version, sequence, message_count AS counted, (SELECT count(*)::int FROM ticket_message WHERE ticket_id = $1) AS found
       FROM ticket WHERE id = $1`,
    id,
  )
  expect(row).toEqual({ version: 13, sequence: 13, counted: 13, found: 13 })
  expect((await shop.published('changed', id)).map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 13 }, (_, index) => index + 1),
  )
})

describe('an assignment', () => {
  test('is to the caller, to an account whose role is known, or to nobody', async () => {
    const { id } = await shop.aTicket()
    const [other, former, admin] = [newId('usr'), newId('usr'), newId('usr')]
    const deliver = (userId: string, roles: string[], sequence: number) =>
      shop.deliver('users.roles.changed', { userId, roles }, { subject: userId, sequence })
    await deliver(other, ['CUSTOMER', 'SUPPORT'], 2)
    await deliver(admin, ['ADMIN'], 2)
    await deliver(former, ['CUSTOMER'], 3)
    await deliver(former, ['CUSTOMER', 'ADMIN'], 2)
    const assignee = () => shop.seen(id, agent, 'assignee { id }')
    await shop.accepted('assignTicket', { id, expectedVersion: 1, assigneeId: idOf(agent) }, agent)
    expect(await assignee()).toEqual({ assignee: { id: idOf(agent) } })
    await shop.accepted('assignTicket', { id, expectedVersion: 2, assigneeId: other }, agent)
    expect(await assignee()).toEqual({ assignee: { id: other } })
    for (const assigneeId of [former, newId('usr')])
      expect(await shop.refused('assignTicket', { id, expectedVersion: 3, assigneeId }, agent)).toMatchObject(
        [
          {
            __typename: 'ValidationError',
            path: ['assigneeId'],
            message: expect.stringContaining(assigneeId),
          },
        ],
      )
    await shop.accepted('assignTicket', { id, expectedVersion: 3, assigneeId: null }, agent)
    expect(await assignee()).toEqual({ assignee: null })
    await shop.accepted('assignTicket', { id, expectedVersion: 4, assigneeId: admin }, agent)
    expect(await assignee()).toEqual({ assignee: { id: admin } })
  })

  test('that is made already changes nothing, also after a deadline that no timer has marked', async () => {
    const { id } = await shop.aTicket()
    for (const minutes of [0, 10_000]) {
      shop.passMinutes(minutes)
      const same = await shop.accepted('assignTicket', { id, expectedVersion: 1, assigneeId: null }, agent)
      expect(same).toMatchObject({ version: 1 })
      expect(await shop.published('changed', id)).toHaveLength(1)
    }
    expect(await shop.published('breached', id)).toEqual([])
  })
})

describe('deadlines', () => {
  const CLOCKS = `firstResponse { dueAt metAt breachedAt isPaused } resolution { dueAt metAt breachedAt isPaused }`

  test('are those of the priority, pause while the customer is waited for, and are marked once when they are missed', async () => {
    const viewer = customer(newId('usr'))
    const opened = shop.passMinutes(0).getTime()
    const at = (minutes: number) => new Date(opened + minutes * 60_000).toISOString()
    const { id } = await shop.aTicket(viewer)
    await shop.accepted('prioritizeTicket', { id, expectedVersion: 1, priority: 'URGENT' }, agent)
    expect(await shop.seen(id, agent, CLOCKS)).toEqual({
      firstResponse: { dueAt: at(60), metAt: null, breachedAt: null, isPaused: false },
      resolution: { dueAt: at(480), metAt: null, breachedAt: null, isPaused: false },
    })
    shop.passMinutes(60)
    await Promise.all([shop.markDue(), shop.markDue()])
    await shop.markDue()
    const first = { clock: 'FIRST_RESPONSE', dueAt: at(60) }
    const data = { ticketId: id, priority: 'URGENT', assigneeId: null }
    expect(await shop.published('breached', id)).toMatchObject([
      { sequence: 3, data: { ...data, breaches: [first] } },
    ])
    expect(await shop.seen(id, agent, 'updatedAt')).toEqual({ updatedAt: at(60) })

    // A mark is not a change by a person: the version that an agent has read is still good.
    await shop.accepted('answerTicket', aReply(id, { expectedVersion: 2 }), agent)
    shop.passMinutes(1_000)
    await shop.markDue()
    expect(await shop.seen(id, agent, CLOCKS)).toEqual({
      firstResponse: { dueAt: at(60), metAt: at(60), breachedAt: at(60), isPaused: false },
      resolution: { dueAt: null, metAt: null, breachedAt: null, isPaused: true },
    })
    await shop.accepted('writeToTicket', aReply(id), viewer)
    shop.passMinutes(420)
    // No timer has looked: the resolution notes what it finds.
    await shop.accepted('resolveTicket', { id, expectedVersion: 4 }, agent)
    await shop.markDue()
    expect(await shop.seen(id, agent, CLOCKS)).toMatchObject({
      resolution: { dueAt: null, metAt: at(1_480), breachedAt: at(1_480), isPaused: true },
    })
    const told = await shop.published('breached', id)
    expect(told.map((row) => (row.data as { breaches: object[] }).breaches)).toEqual([
      [first],
      [{ clock: 'RESOLUTION', dueAt: at(1_480) }],
    ])
  })

  test('are missed in a list by either of the two', async () => {
    const viewer = customer(newId('usr'))
    const query =
      'query ($filter: TicketFilter) { tickets(first: 1, filter: $filter) { edges { node { id } } } }'
    const listed = async (isBreached: boolean) =>
      (await shop.execute(query, { filter: { customerId: idOf(viewer), isBreached } }, agent)).data.tickets
        .edges
    const { id } = await shop.aTicket(viewer)
    await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1 }), agent)
    await shop.accepted('writeToTicket', aReply(id), viewer)
    expect([await listed(true), await listed(false)]).toEqual([[], [{ node: { id } }]])
    shop.passMinutes(10_000)
    await shop.markDue()
    expect(await shop.seen(id, agent, CLOCKS)).toMatchObject({ firstResponse: { breachedAt: null } })
    expect([await listed(true), await listed(false)]).toEqual([[{ node: { id } }], []])
  })

  test('pause in a ticket that is resolved without an answer', async () => {
    const { id } = await shop.aTicket()
    await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, agent)
    const paused = { dueAt: null, breachedAt: null, isPaused: true }
    expect(await shop.seen(id, agent, CLOCKS)).toEqual({
      firstResponse: { ...paused, metAt: null },
      resolution: { ...paused, metAt: shop.passMinutes(0).toISOString() },
    })
  })

  test('are marked past a ticket that is locked, and in more tickets than a batch holds', async () => {
    const { id: locked } = await shop.aTicket()
    await shop.sql(`
      INSERT INTO ticket (id, customer_id, subject, status, priority, version, sequence, message_count, created_at, updated_at,
        first_response_minutes, resolution_minutes, first_response_due_at, resolution_due_at, due_at, breach_at)
      SELECT 'tkt_' || uuidv7(), 'usr_batch', 'Late', 'OPEN', 'LOW', 1, 1, 0, now(), now(), 1, 600000, '2026-11-02', '2099-01-01', '2026-11-02', '2026-11-02'
        FROM generate_series(1, 201)`)
    shop.passMinutes(10_000)
    const unmarked = async () => {
      const rows = await shop.sql<{ id: string }>(
        'SELECT id FROM ticket WHERE first_response_breached_at IS NULL AND breach_at IS NOT NULL',
      )
      return rows.map(({ id }) => id)
    }
    await shop.whileLocked('SELECT id FROM ticket WHERE id = $1 FOR UPDATE', [locked], () => shop.markDue())
    expect(await unmarked()).toEqual([locked])
    await shop.markDue()
    expect(await unmarked()).toEqual([])
  })
})

test('changes by staff are in the audit log, those of customers are not', async () => {
  const viewer = customer(newId('usr'))
  const { id } = await shop.aTicket(viewer)
  await shop.accepted('noteOnTicket', aReply(id), agent)
  await shop.accepted('prioritizeTicket', { id, expectedVersion: 2, priority: 'HIGH' }, agent)
  await shop.accepted('resolveTicket', { id, expectedVersion: 3 }, agent)
  await shop.accepted('writeToTicket', aReply(id), viewer)
  const audit = (of: string) =>
    shop.execute(
      `{ supportAudit(subjectId: "${of}") { edges { node { action actorId before after } } } }`,
      {},
      staff('audit:read'),
    )
  const { data } = await audit(id)
  type Entry = { node: { action: string; actorId: string; before: string; after: string } }
  const entries: Entry['node'][] = data.supportAudit.edges.map(({ node }: Entry) => node)
  expect(entries.map(({ action, actorId }) => [action, actorId])).toEqual([
    ['resolveTicket', idOf(agent)],
    ['prioritizeTicket', idOf(agent)],
    ['noteOnTicket', idOf(agent)],
  ])
  expect(JSON.parse(entries[1]?.before ?? '')).toMatchObject({ priority: 'NORMAL' })
  expect(JSON.parse(entries[1]?.after ?? '')).toMatchObject({ priority: 'HIGH' })
  // An agent is the customer of an own ticket.
  const { id: own } = await shop.aTicket(agent)
  await shop.accepted('resolveTicket', { id: own, expectedVersion: 1 }, agent)
  expect((await audit(own)).data.supportAudit.edges).toEqual([])
})

test('another customer’s ticket is answered like one that does not exist', async () => {
  const { id } = await shop.aTicket()
  const stranger = customer(newId('usr'))
  const unknown = newId('tkt')
  expect(await shop.seen(id, stranger)).toBeNull()
  for (const [name, input] of [
    ['writeToTicket', aReply(id)],
    ['resolveTicket', { id, expectedVersion: 1 }],
    ['reopenTicket', { id, expectedVersion: 1 }],
    ['rateTicket', { id, expectedVersion: 1, rating: 1 }],
  ] as const) {
    const [own] = await shop.refused(name, input, stranger)
    const [none] = await shop.refused(name, { ...input, id: unknown }, stranger)
    expect({ ...own, message: own.message.replace(id, unknown) }).toEqual(none)
  }
})

test('an agent neither writes as the customer nor rates', async () => {
  const { id } = await shop.aTicket()
  expect(await shop.refused('writeToTicket', aReply(id), agent)).toMatchObject([
    { __typename: 'ValidationError' },
  ])
  await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, agent)
  expect(await shop.refused('rateTicket', { id, expectedVersion: 2, rating: 5 }, agent)).toMatchObject([
    { __typename: 'ValidationError' },
  ])
})

test('a customer opens fifty tickets in 24 hours, though each is resolved', async () => {
  const viewer = customer(newId('usr'))
  const openOne = async () => {
    const { id } = await shop.aTicket(viewer)
    await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, viewer)
    return id
  }
  const id = await openOne()
  // All but the last.
  await shop.sql(
    `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id || n))).*
       FROM ticket t, generate_series(2, $2::int) AS n WHERE t.id = $1 RETURNING 1`,
    ...[id, MAX_PER_DAY - 1],
  )
  await openOne()
  expect(await shop.refused('openTicket', aQuestion(), viewer)).toMatchObject([
    {
      message: expect.stringContaining('you have opened 50 tickets within 24 hours: allowed are 50 at most'),
    },
  ])
  expect(await shop.aTicket()).toMatchObject({ status: 'OPEN' })
  shop.passMinutes(24 * 60)
  expect(await shop.aTicket(viewer)).toMatchObject({ status: 'OPEN' })
})
