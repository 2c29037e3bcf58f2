import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anAgent, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const agent = anAgent()
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const mergeInput = (id: string, intoId: string, versions: [number, number] = [1, 1]) => ({
  ...{ id, intoId, expectedVersion: versions[0], expectedIntoVersion: versions[1] },
})
const bodies = (ticket: { messages: { edges: { node: { body: string } }[] } }) =>
  ticket.messages.edges.map(({ node }) => node.body)

test('the messages move in the order of time, and the customer is redirected', async () => {
  const viewer = customer(newId('usr'))
  const [one, another] = [await shop.anOrder(idOf(viewer)), await shop.anOrder(idOf(viewer))]
  const first = await shop.aTicket(viewer, { body: 'One.', orderId: one })
  shop.passMinutes(1)
  const second = await shop.aTicket(viewer, { body: 'Two.', orderId: another })
  shop.passMinutes(1)
  await shop.accepted('writeToTicket', aReply(first.id, { body: 'Three.' }), viewer)
  const merged = await shop.accepted('mergeTicket', mergeInput(second.id, first.id, [1, 2]), agent)
  expect(merged).toMatchObject({ id: first.id, status: 'OPEN', version: 3 })
  expect(bodies(merged)).toEqual(['One.', 'Two.', 'Three.'])
  const source = await shop.seen(second.id, viewer)
  expect(source).toMatchObject({ status: 'MERGED', mergedInto: { id: first.id } })
  expect(bodies(source)).toEqual([])
  expect(await shop.refused('writeToTicket', aReply(second.id), viewer)).toMatchObject([
    { __typename: 'TicketMergedError', path: ['id'], mergedInto: { id: first.id } },
  ])
  const events = [
    ...(await shop.published('changed', second.id)),
    ...(await shop.published('changed', first.id)),
  ]
  expect(events.map(({ data }) => (data as { mergedIntoId: string | null }).mergedIntoId)).toEqual([
    null,
    first.id,
    null,
    null,
    null,
  ])
})

test('a ticket that was merged twice leads to the one that has the messages', async () => {
  const viewer = customer(newId('usr'))
  const [a, b, c] = [await shop.aTicket(viewer), await shop.aTicket(viewer), await shop.aTicket(viewer)]
  await shop.accepted('mergeTicket', mergeInput(a.id, b.id), agent)
  await shop.accepted('mergeTicket', mergeInput(b.id, c.id, [2, 1]), agent)
  expect(await shop.seen(a.id, viewer)).toMatchObject({ mergedInto: { id: c.id, status: 'OPEN' } })
  expect(bodies(await shop.seen(c.id, viewer))).toHaveLength(3)
  expect(await shop.refused('mergeTicket', mergeInput(a.id, c.id, [2, 2]), agent)).toMatchObject([
    { __typename: 'TicketMergedError', path: ['id'], mergedInto: { id: c.id } },
  ])
})

test('the deadlines that both tickets have missed are published before any timer has looked', async () => {
  const viewer = customer(newId('usr'))
  const from = await shop.aTicket(viewer)
  shop.passMinutes(30)
  const into = await shop.aTicket(viewer)
  const opened = shop.passMinutes(0).getTime()
  await shop.accepted('assignTicket', { id: into.id, expectedVersion: 1, assigneeId: idOf(agent) }, agent)
  shop.passMinutes(10_000)
  await shop.accepted('mergeTicket', mergeInput(from.id, into.id, [1, 2]), agent)
  for (const [id, sequence, assigneeId] of [
    [from.id, 2, null],
    [into.id, 3, idOf(agent)],
  ] as const) {
    const fields = 'firstResponse { breachedAt } resolution { breachedAt }'
    const { firstResponse, resolution } = await shop.seen(id, agent, fields)
    const breaches = [
      { clock: 'FIRST_RESPONSE', dueAt: firstResponse.breachedAt },
      { clock: 'RESOLUTION', dueAt: resolution.breachedAt },
    ]
    expect(breaches.every(({ dueAt }) => Date.parse(dueAt) > opened)).toBe(true)
    expect(await shop.published('breached', id)).toMatchObject([
      { sequence, data: { ticketId: id, assigneeId, breaches } },
    ])
  }
})

test('two tickets that are merged into each other at once end as one, without a deadlock', async () => {
  const viewer = customer(newId('usr'))
  for (let round = 0; round < 3; round++) {
    const [a, b] = [await shop.aTicket(viewer), await shop.aTicket(viewer)]
    const answers = await shop.atOnce([
      () => shop.mutate('mergeTicket', mergeInput(a.id, b.id), agent),
      () => shop.mutate('mergeTicket', mergeInput(b.id, a.id), agent),
    ])
    expect(answers.flatMap(({ errors }) => errors)).toEqual([])
    expect(answers.filter(({ data }) => data.mergeTicket.ticket !== null)).toHaveLength(1)
    const statuses = [await shop.seen(a.id, viewer), await shop.seen(b.id, viewer)].map(
      ({ status }) => status,
    )
    expect(statuses.toSorted()).toEqual(['MERGED', 'OPEN'])
  }
})

test('tickets of one guest about two orders stay apart; a merge of the time before shows nothing of the other order', async () => {
  const first = await shop.aGuestOrder()
  const second = await shop.aGuestOrder({ email: first.email })
  const opened = async ({ which }: typeof first) => {
    const input = { idempotencyKey: newId('key'), subject: 'A hole', body: 'One.', ...which }
    return (await shop.accepted('openGuestTicket', input, anonymous)).id as string
  }
  const [from, into] = [await opened(first), await opened(second)]
  expect(await shop.refused('mergeTicket', mergeInput(from, into), agent)).toMatchObject([
    { __typename: 'ValidationError', path: ['intoId'], message: expect.stringContaining('another order') },
  ])
  await shop.accepted('mergeTicket', mergeInput(await opened(first), from), agent)
  await shop.sql(
    `UPDATE ticket SET status = 'MERGED', merged_into_id = $2, paused_at = created_at WHERE id = $1`,
    from,
    into,
  )
  const write = { idempotencyKey: newId('key'), id: from, body: 'Two.', ...first.which }
  expect(await shop.refused('writeToGuestTicket', write, anonymous)).toMatchObject([
    { __typename: 'TicketMergedError', mergedInto: null },
  ])
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Order {
    tickets { edges { node { id mergedInto { id subject } } } } } } }`
  const shown = async (proof: string | null, viewer: Viewer) => {
    const all = [{ __typename: 'Order', id: first.orderId, guestProof: proof }]
    const { data } = await shop.execute(query, { all }, viewer)
    const nodes: { id: string; mergedInto: unknown }[] = data._entities[0].tickets.edges.map(
      ({ node }: { node: object }) => node,
    )
    return nodes.find(({ id }) => id === from)?.mergedInto
  }
  expect(await shown(first.proof, anonymous)).toBeNull()
  expect(await shown(null, agent)).toMatchObject({ id: into })
})

test('tickets of two customers, one ticket with itself, and outdated versions are refused', async () => {
  const viewer = customer(newId('usr'))
  const [own, other, stranger] = [
    await shop.aTicket(viewer),
    await shop.aTicket(viewer),
    await shop.aTicket(),
  ]
  const refused = (id: string, intoId: string, versions?: [number, number]) =>
    shop.refused('mergeTicket', mergeInput(id, intoId, versions), agent)
  for (const intoId of [own.id, stranger.id])
    expect(await refused(own.id, intoId)).toMatchObject([{ __typename: 'ValidationError', path: ['intoId'] }])
  expect(await refused(own.id, other.id, [2, 3])).toMatchObject([
    { __typename: 'VersionConflictError', path: ['expectedVersion'], currentVersion: 1 },
    { __typename: 'VersionConflictError', path: ['expectedIntoVersion'], currentVersion: 1 },
  ])
  const unknown = newId('tkt')
  expect(await refused(unknown, own.id)).toMatchObject([
    { message: `there is no ticket "${unknown}"`, path: ['id'] },
  ])
  expect(await refused(own.id, unknown)).toMatchObject([{ path: ['intoId'] }])
})
