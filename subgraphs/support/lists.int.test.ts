import { encodeCursor } from '@argyle/kit/connection'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import type { Resources } from './subgraph.ts'
import { anAgent, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const agent = anAgent()
const [ada, bo] = [customer(newId('usr')), customer(newId('usr'))]
let orderId = ''
/** Ids of Ada's five tickets and Bo's two, in the order in which they were opened. */
const opened: string[] = []

beforeAll(async () => {
  shop = await openSupport()
  orderId = await shop.anOrder(idOf(ada))
  for (const [index, viewer] of [ada, ada, bo, ada, bo, ada, ada].entries()) {
    const { id } = await shop.aTicket(viewer, index === 1 || index === 5 ? { orderId } : {})
    opened.push(id)
    // Pairs are opened at one instant.
    if (index % 2) shop.passMinutes(1)
  }
  const [first = '', second = '', third = '', fourth = '', , , last = ''] = opened
  await shop.accepted('answerTicket', aReply(first, { expectedVersion: 1 }), agent)
  await shop.accepted('prioritizeTicket', { id: second, expectedVersion: 1, priority: 'URGENT' }, agent)
  await shop.accepted('resolveTicket', { id: third, expectedVersion: 1 }, agent)
  await shop.accepted('assignTicket', { id: fourth, expectedVersion: 1, assigneeId: idOf(agent) }, agent)
  await shop.accepted('prioritizeTicket', { id: last, expectedVersion: 1, priority: 'HIGH' }, agent)
  shop.passMinutes(60)
  await shop.markDue()
  // A row that is written again lies behind the others: one of each pair of which a list must turn the order in the table.
  for (const place of [3, 4])
    await shop.sql('UPDATE ticket SET subject = subject WHERE id = $1', opened[place])
  // A table that is known to be small is read as it lies: the order is that of the statement alone.
  await shop.sql('ANALYZE ticket')
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type Page = {
  totalCount: number
  edges: { node: { id: string } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}
const PAGE = 'totalCount pageInfo { hasNextPage endCursor } edges { node { id } }'

/** Reads a list to its end, two per page. */
async function readAll(pageAfter: (after: string | null) => Promise<Page>): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const { edges, pageInfo, totalCount }: Page = await pageAfter(after)
    ids.push(...edges.map(({ node }) => node.id))
    if (!pageInfo.hasNextPage) {
      expect(totalCount).toBe(ids.length)
      return ids
    }
    expect(edges).toHaveLength(2)
    after = pageInfo.endCursor
  }
}

const all = (filter: object | null, sort = 'NEWEST') =>
  readAll(async (after) => {
    const query = `query ($filter: TicketFilter, $sort: TicketSort, $after: String) {
      tickets(first: 2, filter: $filter, sort: $sort, after: $after) { ${PAGE} } }`
    const { data, errors } = await shop.execute(query, { filter, sort, after }, agent)
    expect(errors).toEqual([])
    return data.tickets
  })

const pick = (...places: number[]) => places.map((place) => opened[place])

describe('the list of all tickets', () => {
  test('is the newest first, each once', async () => {
    expect(await all(null)).toEqual(opened.toReversed())
  })

  test('by deadline has the soonest first, and only tickets whose clock runs', async () => {
    const due = await all(null, 'DUE')
    expect(due).toEqual(pick(1, 6, 3, 4, 5))
  })

  test.each<[string, object, number[]]>([
    ['statuses', { statuses: ['WAITING_CUSTOMER', 'RESOLVED'] }, [2, 0]],
    [
      'every status',
      { statuses: ['OPEN', 'WAITING_CUSTOMER', 'WAITING_AGENT', 'RESOLVED', 'MERGED'] },
      [6, 5, 4, 3, 2, 1, 0],
    ],
    ['a priority', { priority: 'URGENT' }, [1]],
    ['those of nobody', { isUnassigned: true, statuses: ['OPEN'] }, [6, 5, 4, 1]],
    ['those of somebody', { isUnassigned: false }, [3]],
    ['missed deadlines', { isBreached: true }, [1]],
    ['deadlines that were kept', { isBreached: false, statuses: ['OPEN'] }, [6, 5, 4, 3]],
    ['nothing that matches', { priority: 'LOW' }, []],
    ['null conditions', { priority: null, statuses: null, isBreached: null }, [6, 5, 4, 3, 2, 1, 0]],
  ])('by %s', async (_, filter, places) => {
    expect(await all(filter)).toEqual(pick(...places))
  })

  test('by customer, order and agent', async () => {
    expect(await all({ customerId: idOf(bo) })).toEqual(pick(4, 2))
    expect(await all({ orderId })).toEqual(pick(5, 1))
    expect(await all({ assigneeId: idOf(agent) })).toEqual(pick(3))
  })
})

async function entities(type: 'User' | 'Order', ids: readonly string[], fields: string, viewer: Viewer) {
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on ${type} { id ${fields} } } }`
  const { data, errors } = await shop.execute(
    query,
    { all: ids.map((id) => ({ __typename: type, id })) },
    viewer,
  )
  return { entities: data?._entities, errors }
}

const listOf = (type: 'User' | 'Order', id: string, viewer: Viewer) =>
  readAll(async (after) => {
    const answer = await entities(
      type,
      [id],
      `tickets(first: 2, after: ${JSON.stringify(after)}) { ${PAGE} }`,
      viewer,
    )
    expect(answer.errors).toEqual([])
    return answer.entities[0].tickets
  })

test('User.tickets is for the user and staff, newest first, and null for others', async () => {
  const adas = pick(6, 5, 3, 1, 0)
  expect(await listOf('User', idOf(ada), ada)).toEqual(adas)
  expect(await listOf('User', idOf(ada), staff('support:read'))).toEqual(adas)
  const { entities: seen } = await entities('User', [idOf(ada)], 'tickets { totalCount }', bo)
  expect(seen).toEqual([{ id: idOf(ada), tickets: null }])
})

test('Order.tickets has those of the viewer, and all for staff', async () => {
  expect(await listOf('Order', orderId, ada)).toEqual(pick(5, 1))
  expect(await listOf('Order', orderId, staff('support:read'))).toEqual(pick(5, 1))
  expect(await listOf('Order', orderId, bo)).toEqual([])
  const { entities: seen, errors } = await entities('Order', [orderId], 'tickets { totalCount }', anonymous)
  expect(seen).toEqual([{ id: orderId, tickets: null }])
  expect(errors).toEqual([])
})

test('the messages of a ticket come page by page, notes for staff alone', async () => {
  const { id } = await shop.aTicket(ada)
  for (let count = 0; count < 3; count++) {
    await shop.accepted('writeToTicket', aReply(id), ada)
    await shop.accepted('noteOnTicket', aReply(id), agent)
  }
  await shop.sql(
    `UPDATE ticket_message SET body = body WHERE id = (SELECT min(id) FROM ticket_message WHERE ticket_id = $1 AND kind = 'NOTE')`,
    id,
  )
  await shop.sql('ANALYZE ticket_message')
  const read = (viewer: Viewer) =>
    readAll(async (after) => {
      const fields = 'pageInfo { hasNextPage endCursor } edges { node { id kind } }'
      const ticket = await shop.seen(
        id,
        viewer,
        `messages(first: 2, after: ${JSON.stringify(after)}) { ${fields} }`,
      )
      const kinds = ticket.messages.edges.map(({ node }: { node: { kind: string } }) => ({
        node: { id: node.kind },
      }))
      return { ...ticket.messages, edges: kinds, totalCount: viewer === ada ? 4 : 7 }
    })
  const [own, note] = ['CUSTOMER', 'NOTE']
  expect(await read(ada)).toEqual([own, own, own, own])
  expect(await read(agent)).toEqual([own, own, note, own, note, own, note])
})

test('users and orders with tickets and messages cost as many statements for many as for one', async () => {
  const fields =
    'tickets(first: 3) { totalCount edges { node { id messages(first: 2) { edges { node { body } } } } } }'
  const people = [idOf(ada), idOf(bo), ...Array.from({ length: 20 }, () => newId('usr'))]
  const cost = (ids: readonly string[]) => shop.sqlCount(() => entities('User', ids, fields, agent))
  expect([await cost(people.slice(0, 1)), await cost(people)]).toEqual([3, 3])
  const orders = [orderId, ...Array.from({ length: 20 }, () => newId('ord'))]
  expect(await shop.sqlCount(() => entities('Order', orders, fields, agent))).toBe(3)
})

const cursor = (sort: string, ...parts: (string | number)[]) => `after: "${encodeCursor(sort, parts)}"`
const BAD_PAGES: [string, RegExp][] = [
  ['first: 0', /first is 0: allowed is 1 to 100/],
  ['first: 101', /first is 101: allowed is 1 to 100/],
  ['after: "socks"', /after is "socks"/],
  [cursor('OTHER', '2026-11-01T08:00:00.000Z', newId('tkt')), /with the same sort/],
]

describe.each([
  ['tickets', (args: string) => `{ tickets(${args}) { totalCount } }`],
  ['ticketTemplates', (args: string) => `{ ticketTemplates(${args}) { edges { cursor } } }`],
  ['supportAudit', (args: string) => `{ supportAudit(${args}) { edges { cursor } } }`],
])('%s', (_, list) => {
  test.each(BAD_PAGES)('refuses %s', async (args, message) => {
    const { errors } = await shop.execute(list(args), {}, staff('support:read', 'audit:read'))
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })
})

test.each([
  [cursor('NEWEST', 'yesterday', newId('tkt')), /after holds \["yesterday"/],
  [cursor('NEWEST', '2026-11-01T08:00:00.000Z', 'tkt_\u0000'), /after holds/],
  [`sort: DUE, ${cursor('NEWEST', '2026-11-01T08:00:00.000Z', newId('tkt'))}`, /with the same sort/],
  ['sort: WORST', /WORST/],
  ['filter: { customerId: "ada" }', /filter\.customerId is "ada": allowed is an id that starts with usr_/],
  ['filter: { assigneeId: "" }', /filter\.assigneeId is ""/],
  ['filter: { orderId: "ord_\\u0000" }', /filter\.orderId is "ord_/],
  ['filter: { statuses: [] }', /filter\.statuses is \[\]: allowed are 1 to 5 statuses/],
  ['filter: { statuses: [OPEN, OPEN, OPEN, OPEN, OPEN, OPEN] }', /allowed are 1 to 5 statuses/],
  ['filter: { statuses: [LOST] }', /LOST/],
  ['filter: { colour: RED }', /colour/],
])('tickets refuses %s', async (args, message) => {
  const { errors } = await shop.execute(`{ tickets(${args}) { totalCount } }`, {}, agent)
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})

test('the history has the state of each ticket, page by page, and of those that changed since an instant', async () => {
  // The resources are those of this definition.
  const resources = shop.resources as unknown as Resources
  const [newest] = await shop.sql<{ at: Date }>('SELECT max(updated_at) AS at FROM ticket')
  for (const since of [null, newest?.at ?? null]) {
    const rows = await shop.sql<{ id: string; at: Date }>(
      `SELECT id, updated_at AS at FROM ticket WHERE updated_at >= COALESCE($1, '-infinity'::timestamptz) ORDER BY id`,
      since,
    )
    const read: { id: string; at: Date }[] = []
    for (let after: string | null = null; read.length < rows.length; after = read.at(-1)?.id ?? null) {
      const page = await history[0]?.(resources, { after, limit: 2, since, recipient: 'search' })
      expect(page).toHaveLength(Math.min(2, rows.length - read.length))
      for (const { event, time, cursor: id } of page ?? []) {
        expect(event).toMatchObject({ type: 'support.ticket.changed', subject: id, data: { ticketId: id } })
        read.push({ id, at: time })
      }
    }
    expect(read).toEqual(rows)
  }
})

test('the time at which a ticket was opened decides, not its id', async () => {
  const viewer = customer(newId('usr'))
  const ids: string[] = []
  for (let count = 0; count < 4; count++) {
    ids.push((await shop.aTicket(viewer)).id)
    shop.passMinutes(-1)
  }
  shop.passMinutes(4)
  expect(await all({ customerId: idOf(viewer) })).toEqual(ids)
  expect(await listOf('User', idOf(viewer), viewer)).toEqual(ids)
})

test('a forged cursor of templates is refused', async () => {
  for (const parts of [[1], ['a', 'b'], ['a\u0000']]) {
    const { errors } = await shop.execute(
      `{ ticketTemplates(${cursor('', ...parts)}) { edges { cursor } } }`,
      {},
      agent,
    )
    expect(errors).toMatchObject([{ message: expect.stringMatching(/after holds/) }])
  }
})
