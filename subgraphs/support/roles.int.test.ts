import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCampaign } from './testing/a-campaign.ts'
import { aSegment } from './testing/a-segment.ts'
import {
  anAgent,
  aQuestion,
  aReply,
  idOf,
  MUTATIONS,
  type MutationName,
  type OpenSupport,
  openSupport,
} from './testing/open-support.ts'

let shop: OpenSupport
const owner = customer(newId('usr'))
let [ticketId, orderId] = ['', '']

beforeAll(async () => {
  shop = await openSupport()
  orderId = await shop.anOrder(idOf(owner))
  ticketId = (await shop.aTicket(owner, { orderId })).id
  await shop.accepted('noteOnTicket', aReply(ticketId, { body: 'Is rich.' }), anAgent())
  await shop.accepted('resolveTicket', { id: ticketId, expectedVersion: 2 }, owner)
  await shop.accepted('rateTicket', { id: ticketId, expectedVersion: 3, rating: 5 }, owner)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** Readers, with the scopes of their roles that could matter here. */
const READERS: Readonly<Record<string, Viewer>> = {
  nobody: anonymous,
  stranger: customer(newId('usr')),
  warehouse: staff('inventory:read', 'inventory:write', 'orders:read', 'shipping:read', 'shipping:write'),
  merchandiser: staff('catalog:write', 'orders:write', 'reviews:moderate', 'analytics:read'),
  auditor: staff('audit:read'),
  marketer: staff('marketing:read', 'marketing:write'),
  owner,
  support: staff('support:read', 'support:write', 'users:read', 'orders:read'),
}

/** A field of each reader: `-` null without an error, `!` refused, `+` its value. */
type Seen = Readonly<Record<string, string>>
const hidden = { nobody: '!', stranger: '-', warehouse: '-', merchandiser: '-', auditor: '-', marketer: '-' }
const forbidden = {
  nobody: '!',
  stranger: '!',
  warehouse: '!',
  merchandiser: '!',
  auditor: '!',
  marketer: '!',
}
const rows = (fields: readonly string[], seen: Seen) => fields.map((field): [string, Seen] => [field, seen])
const CLOCK = '{ dueAt metAt breachedAt isPaused }'
const MESSAGE = 'id kind body at author { id } attachments { name url }'

const FIELDS: [field: string, seen: Seen][] = [
  ...rows(
    [
      'ticket.id',
      'ticket.subject',
      'ticket.status',
      'ticket.priority',
      'ticket.version',
      'ticket.createdAt',
      'ticket.updatedAt',
      'ticket.resolvedAt',
      'ticket.customer { id }',
      'ticket.order { id }',
      'ticket.satisfaction { rating comment ratedAt }',
      `ticket.messages { edges { cursor node { ${MESSAGE} } } pageInfo { endCursor } }`,
    ],
    { ...hidden, owner: '+', support: '+' },
  ),
  ...rows([`ticket.firstResponse ${CLOCK}`, `ticket.resolution ${CLOCK}`], {
    ...hidden,
    owner: '!',
    support: '+',
  }),
  ...rows(
    ['tickets { totalCount }', 'ticketTemplates { edges { cursor } }', 'responseTargets { priority }'],
    {
      ...forbidden,
      owner: '!',
      support: '+',
    },
  ),
  ...rows(['supportAudit { edges { node { id at actorId action subjectId before after } } }'], {
    ...forbidden,
    auditor: '+',
    owner: '!',
    support: '!',
  }),
]

function queryOf(field: string): string {
  const nested = /^ticket\.(.*)$/s.exec(field)?.[1]
  return nested ? `{ ticket(id: "${ticketId}") { shown: ${nested} } }` : `{ shown: ${field} }`
}

test.each(FIELDS)('%s is shown to whom it concerns', async (field, expected) => {
  const seen: Record<string, string> = {}
  for (const [name, viewer] of Object.entries(READERS)) {
    const { data, errors } = await shop.execute(queryOf(field), {}, viewer)
    const value = data?.ticket === undefined ? data?.shown : data.ticket?.shown
    const refused = errors.some(({ extensions }) =>
      ['FORBIDDEN', 'UNAUTHENTICATED'].includes(String(extensions?.code)),
    )
    seen[name] = refused ? '!' : value == null ? '-' : '+'
  }
  expect(seen).toEqual(expected)
})

test('the assignee, the address of a guest and the notes are for staff alone', async () => {
  const fields = 'assignee { id } guestEmail messages { edges { node { body } } }'
  const own = await shop.execute(`{ ticket(id: "${ticketId}") { ${fields} } }`, {}, owner)
  expect(own.errors).toMatchObject(
    ['assignee', 'guestEmail'].map((field) => ({
      path: ['ticket', field],
      extensions: { code: 'FORBIDDEN' },
    })),
  )
  expect(JSON.stringify(own.data)).not.toContain('rich')
  expect(JSON.stringify(await shop.seen(ticketId, anAgent(), fields))).toContain('rich')
  const viaUser = `query ($user: _Any!) { _entities(representations: [$user]) { ... on User { tickets { edges { node { ${fields} } } } } } }`
  const { data } = await shop.execute(viaUser, { user: { __typename: 'User', id: idOf(owner) } }, owner)
  expect(JSON.stringify(data)).not.toContain('rich')
})

test('the order of a ticket is shown to the customer, and to staff who read orders', async () => {
  const query = `{ ticket(id: "${ticketId}") { order { id } } }`
  const shown = async (viewer: Viewer) => (await shop.execute(query, {}, viewer)).data.ticket
  expect(await shown(owner)).toEqual({ order: { id: orderId } })
  expect(await shown(staff('support:read', 'orders:read'))).toEqual({ order: { id: orderId } })
  expect(await shown(staff('support:read'))).toEqual({ order: null })
})

/** Scopes, and the mutations that they allow beside those of customers. */
const ALLOWED: Readonly<Record<string, readonly MutationName[]>> = {
  'support:write': [
    'answerTicket',
    'noteOnTicket',
    'assignTicket',
    'prioritizeTicket',
    'mergeTicket',
    'createTicketTemplate',
    'updateTicketTemplate',
  ],
  'support:manage': ['updateResponseTarget'],
  'marketing:write': [
    'createSegment',
    'updateSegment',
    'deleteSegment',
    'createCampaign',
    'updateCampaign',
    'scheduleCampaign',
    'cancelCampaign',
  ],
}
const OF_STAFF = Object.values(ALLOWED).flat()
const version = () => ({ id: ticketId, expectedVersion: 1 })
const INPUTS: Readonly<Record<MutationName, () => object>> = {
  openTicket: aQuestion,
  writeToTicket: () => aReply(newId('tkt')),
  openGuestTicket: () => aQuestion({ number: newId('ord'), secret: newId('sec') }),
  writeToGuestTicket: () => aReply(newId('tkt'), { number: newId('ord'), secret: newId('sec') }),
  resolveTicket: version,
  reopenTicket: version,
  rateTicket: () => ({ ...version(), rating: 1 }),
  answerTicket: () => aReply(ticketId, { expectedVersion: 1 }),
  noteOnTicket: () => aReply(newId('tkt')),
  assignTicket: version,
  prioritizeTicket: () => ({ ...version(), priority: 'LOW' }),
  mergeTicket: () => ({ ...version(), intoId: ticketId, expectedIntoVersion: 1 }),
  createTicketTemplate: () => ({ idempotencyKey: newId('key'), name: newId('key'), body: 'x' }),
  updateTicketTemplate: () => ({
    id: newId('tpl'),
    expectedVersion: 1,
    name: 'x',
    body: 'x',
    isActive: true,
  }),
  updateResponseTarget: () => ({
    priority: 'LOW',
    expectedVersion: 99,
    firstResponseMinutes: 1,
    resolutionMinutes: 1,
  }),
  createSegment: aSegment,
  updateSegment: () => ({ id: newId('seg'), expectedVersion: 1, name: 'x', all: aSegment().all }),
  deleteSegment: () => ({ id: newId('seg'), expectedVersion: 1 }),
  createCampaign: () => aCampaign(newId('seg')),
  updateCampaign: () => {
    const { idempotencyKey: _, ...content } = aCampaign(newId('seg'))
    return { id: newId('cmp'), expectedVersion: 1, ...content }
  },
  scheduleCampaign: () => ({ id: newId('cmp'), expectedVersion: 1 }),
  cancelCampaign: () => ({ id: newId('cmp'), expectedVersion: 1 }),
}

describe.each<[string, Viewer, readonly MutationName[]]>([
  ['nobody', anonymous, ['openGuestTicket', 'writeToGuestTicket']],
  ['a customer', owner, MUTATIONS.filter((name) => !OF_STAFF.includes(name))],
  [
    'staff who only read',
    staff('support:read', 'audit:read'),
    MUTATIONS.filter((name) => !OF_STAFF.includes(name)),
  ],
  [
    'an agent',
    staff('support:write'),
    [...MUTATIONS.filter((name) => !OF_STAFF.includes(name)), ...(ALLOWED['support:write'] ?? [])],
  ],
  [
    'a marketer',
    staff('marketing:read', 'marketing:write'),
    [...MUTATIONS.filter((name) => !OF_STAFF.includes(name)), ...(ALLOWED['marketing:write'] ?? [])],
  ],
  ['staff who read segments', staff('marketing:read'), MUTATIONS.filter((name) => !OF_STAFF.includes(name))],
  [
    'a manager',
    staff('support:manage'),
    [...MUTATIONS.filter((name) => !OF_STAFF.includes(name)), 'updateResponseTarget'],
  ],
])('%s', (_, viewer, allowed) => {
  test.each(MUTATIONS)('%s', async (name) => {
    const { data, errors } = await shop.mutate(name, INPUTS[name](), viewer)
    const code = viewer === anonymous ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    if (allowed.includes(name)) expect(errors).toEqual([])
    else expect([data, errors]).toMatchObject([{ [name]: null }, [{ extensions: { code } }]])
  })
})
