import { randomBytes } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import type { InboundStore } from './mail/inbound-store.ts'
import type { Resources } from './subgraph.ts'
import { aCampaign, campaignsOf } from './testing/a-campaign.ts'
import { anAgent, aReply, type OpenSupport, openSupport } from './testing/open-support.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. The clock stands still, so that
// all rows of a list have one instant.

let shop: OpenSupport
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const viewer = staff('support:read', 'support:write', 'support:manage', 'marketing:read')
const owner = customer(newId('usr'))
const ownerId = owner.kind === 'user' ? owner.id : ''
const ids = { order: '', ticket: '', segment: '' }
const all = {
  tickets: [] as string[],
  messages: [] as string[],
  members: [] as string[],
  campaigns: [] as string[],
  sent: [] as string[],
}

beforeAll(async () => {
  database = await sequentialDatabase('support')
  shop = await openSupport({ SUPPORT_MAIL_KEY: randomBytes(32).toString('base64url') }, database)
  const crm = campaignsOf(shop)
  ids.order = await shop.anOrder(ownerId)
  for (let count = 0; count < 4; count++)
    all.tickets.push((await shop.aTicket(owner, { orderId: ids.order })).id)
  ids.ticket = all.tickets[0] ?? ''
  for (let count = 0; count < 3; count++) await shop.accepted('writeToTicket', aReply(ids.ticket), owner)
  const messages = await shop.sql<{ id: string }>(
    'SELECT id FROM ticket_message WHERE ticket_id = $1',
    ids.ticket,
  )
  all.messages = messages.map(({ id }) => id).toSorted()
  for (const userId of [ownerId, newId('usr'), newId('usr'), newId('usr')])
    all.members.push(await crm.aCustomer('Ada', userId))
  for (const id of all.members) await crm.aSale(id)
  for (const name of ['B', 'C', 'A'])
    ids.segment = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '1' }], name)
  await crm.work()
  for (let count = 0; count < 3; count++) {
    const { id } = await shop.accepted('createCampaign', aCampaign(ids.segment), crm.marketer)
    all.campaigns.push(id)
    all.sent.push(newId('cms'))
    const sent = `INSERT INTO campaign_recipient (id, campaign_id, user_id, arm, place, released_at) VALUES ($1, $2, $3, 'A', 1, '2026-11-02T08:00:00Z')`
    await shop.sql(sent, all.sent.at(-1), id, ownerId)
  }
  for (const name of ['Late', 'Lost', 'Hole'])
    await shop.accepted(
      'createTicketTemplate',
      { idempotencyKey: newId('key'), name, body: 'Hello.' },
      viewer,
    )
  // The row with the lowest id is the newest: the time decides before the id.
  for (const [table, column, key, least] of [
    ['ticket', 'created_at', 'id', all.tickets[0]],
    ['ticket_message', 'at', 'id', all.messages[0]],
    ['segment_member', 'since', 'user_id', all.members.toSorted()[0]],
  ])
    await shop.sql(`UPDATE ${table} SET ${column} = ${column} + interval '1 minute' WHERE ${key} = $1`, least)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['campaign', 'customer ('])

const newestFirst = (of: readonly string[]) => of.toSorted().reverse()
/** That with the lowest id is the newest. */
const lowestFirst = (of: readonly string[]) => [...newestFirst(of).slice(-1), ...newestFirst(of).slice(0, -1)]

/** Reads fields, of which those of the customer and of the order are below `_entities`. */
async function ask(fields: string, type: 'User' | 'Order' = 'User') {
  const of = [{ __typename: type, id: type === 'User' ? ownerId : ids.order }]
  const isOf = fields.includes('$of')
  const query = `query ${isOf ? '($of: [_Any!]!)' : ''} { ${fields} }`
  const { data, errors } = await shop.execute(query, isOf ? { of } : {}, viewer)
  expect(errors).toEqual([])
  return data
}
const of = (type: string, field: string) => `_entities(representations: $of) { ... on ${type} { ${field} } }`
const page = (node: string) => `{ edges { node { ${node} } } pageInfo { hasNextPage endCursor } }`

/** Reads a list to its end, one node a page: the field `list`, with its nodes as `key`. */
async function walk(fieldsOf: (args: string) => string): Promise<string[]> {
  const keys: string[] = []
  for (let after: string | null = null; ; ) {
    const fields: string = fieldsOf(`first: 1, after: ${JSON.stringify(after)}`)
    const data = await ask(fields, fields.includes('on Order') ? 'Order' : 'User')
    const { list } = data._entities?.[0] ?? data.ticket ?? data.segment ?? data
    keys.push(
      ...list.edges.map(
        ({ node }: { node: { key?: string; user?: { key: string } } }) => node.key ?? node.user?.key,
      ),
    )
    if (!list.pageInfo.hasNextPage) return keys
    after = list.pageInfo.endCursor
  }
}

type Case = [name: string, fieldsOf: (args: string) => string, expected: () => readonly string[]]
const KEY = page('key: id')
const NAME = page('key: name')
const LISTS: Case[] = [
  ['tickets, the newest first', (args) => `list: tickets(${args}) ${KEY}`, () => lowestFirst(all.tickets)],
  ['tickets by deadline', (args) => `list: tickets(${args}, sort: DUE) ${KEY}`, () => all.tickets.toSorted()],
  [
    'tickets of a customer',
    (args) => of('User', `list: tickets(${args}) ${KEY}`),
    () => lowestFirst(all.tickets),
  ],
  [
    'tickets about an order',
    (args) => of('Order', `list: tickets(${args}) ${KEY}`),
    () => lowestFirst(all.tickets),
  ],
  [
    'messages of a ticket, the oldest first',
    (args) => `ticket(id: "${ids.ticket}") { list: messages(${args}) ${KEY} }`,
    () => lowestFirst(all.messages).toReversed(),
  ],
  ['segments by name', (args) => `list: segments(${args}) ${NAME}`, () => ['A', 'B', 'C']],
  [
    'members of a segment, the newest first',
    (args) => `segment(id: "${ids.segment}") { list: members(${args}) ${page('user { key: id }')} }`,
    () => lowestFirst(all.members),
  ],
  [
    'campaigns, the newest first',
    (args) => `list: campaigns(${args}) ${KEY}`,
    () => newestFirst(all.campaigns),
  ],
  [
    'e-mails of campaigns to a person',
    (args) => of('User', `list: campaignMessages(${args}) ${KEY}`),
    () => newestFirst(all.sent),
  ],
  ['templates by name', (args) => `list: ticketTemplates(${args}) ${NAME}`, () => ['Hole', 'Late', 'Lost']],
]

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeAll(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test.each(LISTS)('%s', async (_, fieldsOf, expected) => {
    expect(await walk(fieldsOf)).toEqual(expected())
  })

  test('the history: tickets by id, page by page, and since a time', async () => {
    // The resources are those of this definition.
    await expectPages(history, shop.resources as unknown as Resources, 'search')
  })

  test('segments of a customer by name, and response targets by urgency', async () => {
    const { responseTargets, _entities } = await ask(
      `responseTargets { priority } ${of('User', 'segments { segment { name } }')}`,
    )
    const priorities = responseTargets.map(({ priority }: { priority: string }) => priority)
    expect(priorities).toEqual(['LOW', 'NORMAL', 'HIGH', 'URGENT'])
    const names = _entities[0].segments.map(({ segment }: { segment: { name: string } }) => segment.name)
    expect(names).toEqual(['A', 'B', 'C'])
  })
})

test.each(['stored', 'reversed'])(
  'of two orders of a guest at one instant, that with the greater id says in which language an answer is: rows as %s',
  async (order) => {
    const email = `${order}@guest.example`
    const orders = [
      { ...(await shop.aGuestOrder({ email, countryCode: 'DE' })), country: 'DE' },
      { ...(await shop.aGuestOrder({ email, countryCode: 'FR' })), country: 'FR' },
    ]
    if (order === 'reversed') await reverseRows(database)
    // The resources are those of this definition.
    const { inbound } = shop.resources as unknown as { inbound: InboundStore }
    const mail = {
      key: newId('key'),
      from: email,
      isAuthentic: false,
      names: [],
      subject: 'Socks',
      body: 'Hello?',
    }
    const { ticketId = '' } = { ...(await inbound.handle(mail)) } as { ticketId?: string }
    await shop.accepted('answerTicket', aReply(ticketId, { expectedVersion: 1 }), anAgent())
    const [greater] = orders.toSorted((a, b) => (a.orderId < b.orderId ? 1 : -1))
    expect((await shop.published('answered', ticketId))[0]?.data).toMatchObject({
      countryCode: greater?.country,
    })
  },
)

test.each(['stored', 'reversed'])(
  'recipients of a campaign in the order of their places: rows as %s',
  async (order) => {
    const crm = campaignsOf(shop)
    for (const id of all.members) await crm.consents(id, true, order === 'stored' ? 2 : 3)
    const campaignId = await crm.aScheduledCampaign(ids.segment, { messagesPerMinute: 1 })
    await crm.run()
    if (order === 'reversed') await reverseRows(database)
    shop.passMinutes(1)
    await crm.run()
    const [first, second, third] = await shop.sql<{ hadTurn: boolean }>(
      'SELECT released_at IS NOT NULL AS "hadTurn" FROM campaign_recipient WHERE campaign_id = $1 ORDER BY place',
      campaignId,
    )
    expect([first, second, third]).toEqual([{ hadTurn: true }, { hadTurn: true }, { hadTurn: false }])
  },
)

test('a merge locks its tickets in the order of their ids, however they are stored', async () => {
  const tickets = [await shop.aTicket(owner), await shop.aTicket(owner)]
  const [first = '', second = ''] = tickets.map(({ id }) => id).toSorted()
  // An update stores the first ticket behind the other one.
  await shop.sql('UPDATE ticket SET subject = subject WHERE id = $1', first)
  const lock = 'SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE'
  const { merge, free } = await shop.whileLocked(lock, [first], async () => {
    const input = { id: first, intoId: second, expectedVersion: 1, expectedIntoVersion: 1 }
    const merge = shop.accepted('mergeTicket', input, anAgent())
    await shop.untilWaiting(1, [merge])
    const unlocked = 'SELECT id FROM ticket WHERE id = ANY($1::text[]) FOR UPDATE SKIP LOCKED'
    return { merge: [merge], free: await shop.sql(unlocked, [first, second]) }
  })
  await merge[0]
  expect(free).toEqual([{ id: second }])
})
