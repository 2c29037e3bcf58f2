import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  aQuestion,
  aReply,
  type MutationName,
  type OpenSupport,
  openSupport,
} from './testing/open-support.ts'

let shop: OpenSupport
let before: unknown
const owner = customer(newId('usr'))
const agent = staff('support:read', 'support:write', 'support:manage')
const OF_CUSTOMER: readonly MutationName[] = [
  'openTicket',
  'writeToTicket',
  'resolveTicket',
  'reopenTicket',
  'rateTicket',
]
/** Valid inputs, set before the first test. Each case replaces some fields. */
const good = {} as Record<MutationName, Record<string, unknown>>

beforeAll(async () => {
  shop = await openSupport()
  const { id } = await shop.aTicket(owner)
  const { id: intoId } = await shop.aTicket(owner)
  const template = { name: 'Later', body: 'Hello {{customerName}}.' }
  const { id: templateId } = await shop.accepted(
    'createTicketTemplate',
    { idempotencyKey: newId('key'), ...template },
    agent,
  )
  const version = { id, expectedVersion: 1 }
  good.openTicket = aQuestion({ orderId: null, productId: null })
  good.writeToTicket = aReply(id)
  good.resolveTicket = version
  good.reopenTicket = version
  good.rateTicket = { ...version, rating: 5, comment: null }
  good.answerTicket = aReply(id, { expectedVersion: 1 })
  good.noteOnTicket = aReply(id)
  good.assignTicket = { ...version, assigneeId: null }
  good.prioritizeTicket = { ...version, priority: 'HIGH' }
  good.mergeTicket = { ...version, intoId, expectedIntoVersion: 1 }
  good.createTicketTemplate = { idempotencyKey: newId('key'), name: 'New', body: 'x' }
  good.updateTicketTemplate = { id: templateId, expectedVersion: 1, ...template, isActive: true }
  good.updateResponseTarget = {
    priority: 'LOW',
    expectedVersion: 1,
    firstResponseMinutes: 5,
    resolutionMinutes: 10,
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['response_target (', 'ticket ('])

/** All rows that a mutation can write. */
async function everything() {
  const tables = [
    'ticket',
    'ticket_message',
    'ticket_template',
    'response_target',
    'audit_entry',
    'idempotency_record',
    'outbox_message',
  ]
  return Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)))
}
beforeEach(async () => {
  before = await everything()
})

const uuid = '019aa5c2-8c00-7000-8000-00000000dead'
const files = (count: number) =>
  Array.from({ length: count }, () => ({ name: 'a.jpg', url: 'https://files.example/a.jpg' }))
const fileOf = (url: string) => ({ attachments: [{ name: 'a.jpg', url }] })

type Case = [MutationName, Record<string, unknown>, RegExp]
const each = (names: readonly MutationName[], cases: readonly [Record<string, unknown>, RegExp][]): Case[] =>
  names.flatMap((name) => cases.map(([bad, refusal]): Case => [name, bad, refusal]))

const CASES: Case[] = [
  ...each(
    ['openTicket', 'writeToTicket', 'answerTicket', 'noteOnTicket', 'createTicketTemplate'],
    [
      [{ idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
      [{ idempotencyKey: 'k'.repeat(201) }, /^ValidationError: idempotencyKey is "kkk.*at most 200/],
      [{ idempotencyKey: undefined }, /^BAD_USER_INPUT: .*idempotencyKey/],
      [{ colour: 'red' }, /^BAD_USER_INPUT: .*colour/],
    ],
  ),
  ...each(
    ['openTicket', 'writeToTicket', 'answerTicket', 'noteOnTicket'],
    [
      [{ body: '' }, /^ValidationError: body is "".*at least 1/],
      [{ body: ' \n ' }, /^ValidationError: body is/],
      [{ body: 'x'.repeat(5_001) }, /^ValidationError: body is "xxx.*at most 5000/],
      [{ body: 'a\u0000b' }, /^ValidationError: body is "a\\u0000b"/],
      [{ body: 7 }, /^BAD_USER_INPUT: .*7/],
      [{ attachments: files(6) }, /^ValidationError: attachments is .*at most 5 files/],
      [
        { attachments: [{ name: '', url: 'https://files.example/a' }] },
        /^ValidationError: attachments.0.name is "".*at least 1/,
      ],
      [
        { attachments: [{ name: 'x'.repeat(121), url: 'https://files.example/a' }] },
        /^ValidationError: attachments.0.name is .*at most 120/,
      ],
      [fileOf('http://files.example/a.jpg'), /^ValidationError: attachments.0.url is "http:.*an https URL/],
      // The scheme is split so that linters do not take it for code.
      [fileOf(`java${'script'}:alert(1)`), /^ValidationError: attachments.0.url is .*an https URL/],
      ...['ada:secret', 'ada', ':secret'].map((name): [Record<string, unknown>, RegExp] => [
        fileOf(`https://${name}@files.example/a`),
        /^ValidationError: attachments.0.url is .*without spaces, user name and password/,
      ]),
      [fileOf('https://files.example/a b'), /^ValidationError: attachments.0.url is .*an https URL/],
      [fileOf('files.example/a'), /^ValidationError: attachments.0.url is .*an https URL/],
      [
        fileOf(`https://files.example/${'x'.repeat(2_000)}`),
        /^ValidationError: attachments.0.url is .*at most 2000 characters/,
      ],
      [{ attachments: [{ name: 'a.jpg' }] }, /^BAD_USER_INPUT: .*url/],
      [{ attachments: null }, /^BAD_USER_INPUT: .*attachments/],
    ],
  ),
  ...each(
    [
      'writeToTicket',
      'resolveTicket',
      'reopenTicket',
      'rateTicket',
      'answerTicket',
      'noteOnTicket',
      'assignTicket',
      'prioritizeTicket',
      'mergeTicket',
    ],
    [
      [{ id: 'socks' }, /^ValidationError: id is "socks".*tkt_/],
      [{ id: `ord_${uuid}` }, /^ValidationError: id is "ord_.*tkt_/],
      [{ id: 'tkt_\u0000' }, /^ValidationError: id is/],
      [{ id: `tkt_${uuid}` }, /^ValidationError: there is no ticket "tkt_.*dead"/],
      [{ id: null }, /^BAD_USER_INPUT: .*id/],
    ],
  ),
  ...each(
    [
      'resolveTicket',
      'reopenTicket',
      'rateTicket',
      'answerTicket',
      'assignTicket',
      'prioritizeTicket',
      'mergeTicket',
      'updateTicketTemplate',
      'updateResponseTarget',
    ],
    [
      [{ expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
      [{ expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
      [{ expectedVersion: 2_147_483_648 }, /^BAD_USER_INPUT: .*2147483648/],
      [{ expectedVersion: undefined }, /^BAD_USER_INPUT: .*expectedVersion/],
    ],
  ),
  ['openTicket', { subject: '' }, /^ValidationError: subject is "".*at least 1/],
  ['openTicket', { subject: 'x'.repeat(151) }, /^ValidationError: subject is "xxx.*at most 150/],
  ['openTicket', { subject: 'a\nb' }, /^ValidationError: subject is "a\\nb"/],
  ['openTicket', { orderId: 'A-7K2M-9QX3' }, /^ValidationError: orderId is "A-7K2M-9QX3".*ord_/],
  [
    'openTicket',
    { orderId: `ord_${uuid}` },
    /^UnknownOrderError: orderId is "ord_.*dead": allowed is an order of yours/,
  ],
  ['openTicket', { productId: 'socks' }, /^ValidationError: productId is "socks".*prd_/],
  ['openTicket', { productId: `prd_${uuid}` }, /^ValidationError: there is no product "prd_.*dead"/],
  ['reopenTicket', {}, /^TicketStatusError: ticket "tkt_.*" is OPEN: allowed is one that is RESOLVED/],
  ['rateTicket', {}, /^TicketStatusError: ticket "tkt_.*" is OPEN: allowed is one that is RESOLVED/],
  ['rateTicket', { rating: 0 }, /^ValidationError: rating is 0.*1, 2, 3, 4, 5/],
  ['rateTicket', { rating: 6 }, /^ValidationError: rating is 6/],
  ['rateTicket', { rating: 4.5 }, /^BAD_USER_INPUT: .*4\.5/],
  ['rateTicket', { comment: 'x'.repeat(1_001) }, /^ValidationError: comment is "xxx.*at most 1000/],
  [
    'answerTicket',
    { body: null },
    /^ValidationError: body is null: allowed is exactly one of body and templateId/,
  ],
  [
    'answerTicket',
    { templateId: `tpl_${uuid}` },
    /^ValidationError: body is .*exactly one of body and templateId/,
  ],
  [
    'answerTicket',
    { body: null, templateId: `tpl_${uuid}` },
    /^ValidationError: there is no template in use "tpl_.*dead"/,
  ],
  ['answerTicket', { body: null, templateId: 'later' }, /^ValidationError: templateId is "later".*tpl_/],
  ['answerTicket', { variables: [{ name: '', value: 'x' }] }, /^ValidationError: variables.0.name is ""/],
  [
    'answerTicket',
    { variables: [{ name: 'x'.repeat(41), value: 'x' }] },
    /^ValidationError: variables.0.name is .*at most 40/,
  ],
  [
    'answerTicket',
    { variables: [{ name: 'when', value: 'x'.repeat(201) }] },
    /^ValidationError: variables.0.value is .*at most 200/,
  ],
  [
    'answerTicket',
    { variables: Array.from({ length: 21 }, () => ({ name: 'a', value: 'x' })) },
    /^ValidationError: variables is .*at most 20 variables/,
  ],
  ['assignTicket', { assigneeId: 'sam' }, /^ValidationError: assigneeId is "sam".*usr_/],
  [
    'assignTicket',
    { assigneeId: `usr_${uuid}` },
    /^ValidationError: assigneeId is "usr_.*dead": allowed is yourself, or an account with the role/,
  ],
  ['prioritizeTicket', { priority: 'EXTREME' }, /^BAD_USER_INPUT: .*EXTREME/],
  ['prioritizeTicket', { priority: null }, /^BAD_USER_INPUT: .*priority/],
  ['mergeTicket', { intoId: 'socks' }, /^ValidationError: intoId is "socks".*tkt_/],
  ['mergeTicket', { expectedIntoVersion: 0 }, /^ValidationError: expectedIntoVersion is 0/],
  ['mergeTicket', { expectedIntoVersion: 9 }, /^VersionConflictError: expectedIntoVersion is 9/],
  ...each(
    ['createTicketTemplate', 'updateTicketTemplate'],
    [
      [{ name: '' }, /^ValidationError: name is "".*at least 1/],
      [{ name: 'x'.repeat(81) }, /^ValidationError: name is .*at most 80/],
      [{ body: '' }, /^ValidationError: body is "".*at least 1/],
      [{ body: 'x'.repeat(4_001) }, /^ValidationError: body is .*at most 4000/],
      [
        { body: 'Hello {{ name }}' },
        /^ValidationError: body is "Hello \{\{ name \}\}": allowed is double braces only/,
      ],
    ],
  ),
  ['createTicketTemplate', { name: 'Later' }, /^ValidationError: name is "Later", which template "tpl_/],
  ['updateTicketTemplate', { id: 'later' }, /^ValidationError: id is "later".*tpl_/],
  ['updateTicketTemplate', { id: `tpl_${uuid}` }, /^ValidationError: (there is no template "tpl_.*dead")/],
  ['updateTicketTemplate', { isActive: 'yes' }, /^BAD_USER_INPUT: .*yes/],
  [
    'updateResponseTarget',
    { firstResponseMinutes: 0 },
    /^ValidationError: firstResponseMinutes is 0.*at least 1/,
  ],
  [
    'updateResponseTarget',
    { resolutionMinutes: 525_601 },
    /^ValidationError: resolutionMinutes is 525601.*at most 525600/,
  ],
  [
    'updateResponseTarget',
    { firstResponseMinutes: 11 },
    /^ValidationError: resolutionMinutes is 10: allowed is at least firstResponseMinutes, 11/,
  ],
]

/** The name of a case repeats its values, cut where they are long. */
const NAMED = CASES.map(
  ([name, bad, refusal]) => [name, JSON.stringify(bad).slice(0, 100), bad, refusal] as const,
)

test('the whole messages are those of refusals.md', async () => {
  const all: Refused[] = []
  for (const [name, bad] of CASES)
    all.push([
      `${name} ${JSON.stringify(bad)}`,
      await shop.mutate(name, { ...good[name], ...bad }, OF_CUSTOMER.includes(name) ? owner : agent),
    ])
  await expect(refusalsPage('subgraphs/support/bad-input.int.test.ts', all)).toMatchFileSnapshot(
    'refusals.md',
  )
})

test.each(NAMED)('%s with %s is refused and changes nothing', async (name, _, bad, refusal) => {
  const viewer = OF_CUSTOMER.includes(name) ? owner : agent
  const { data, errors } = await shop.mutate(name, { ...good[name], ...bad }, viewer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  const refusals = [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
  expect(refusals).toEqual([expect.stringMatching(refusal)])
  expect(await everything()).toEqual(before)
})

test('the valid inputs of the table are accepted', async () => {
  for (const name of [
    'openTicket',
    'writeToTicket',
    'noteOnTicket',
    'createTicketTemplate',
    'updateResponseTarget',
  ] as const)
    await shop.accepted(name, good[name], OF_CUSTOMER.includes(name) ? owner : agent)
})
