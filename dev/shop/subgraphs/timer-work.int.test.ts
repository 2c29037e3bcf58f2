import { randomBytes } from 'node:crypto'
import { testDatabase } from '@argyle/kit/testing/database'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import pg from 'pg'
import { expect, test } from 'vitest'
import { subgraphSettings } from './subgraph-settings.ts'
import { importSubgraph, SUBGRAPH_NAMES } from './subgraphs.ts'

type Row = Readonly<Record<string, unknown>>
/** Rows of tables before a timer runs, and those of one table afterwards, in the order of their values. */
type Work = {
  readonly given: Readonly<Record<string, readonly Row[]>>
  readonly left: readonly [table: string, rows: readonly Row[]]
}

const HOUR_MS = 3_600_000
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString()
const daysAgo = (days: number) => hoursAgo(24 * days)
const soon = hoursAgo(-1)

/** A timer deletes rows of a table that are older than so many days. */
function forgetting(table: string, column: string, days: number, more: Row = {}): Work {
  const row = (number: number, age: number) => ({ ...more, [column]: daysAgo(age), ...keyOf(table, number) })
  return { given: { [table]: [row(1, days + 2), row(2, days - 2)] }, left: [table, [keyOf(table, 2)]] }
}

/** A column by which a test tells rows apart. */
const keyOf = (table: string, number: number): Row => ({
  [KEYS[table] ?? 'id']: KEYS[table] === 'slot' ? number : `row ${number}`,
})
const KEYS: Readonly<Record<string, string>> = {
  inbound_mail: 'key',
  ordered_product: 'order_id',
  query_count: 'query',
  search_term: 'query',
  stopped_address: 'address',
  activity: 'kind',
  phone_code: 'user_id',
  product_view: 'session',
  quarter_count: 'slot',
}

/** The e-mails and other messages of the lane are too late, so that they are settled without a server. */
function sending(lane: string): Work {
  const lanes = {
    email: ['EMAIL', 'WELCOME'],
    campaign: ['EMAIL', 'CAMPAIGN'],
    sms: ['SMS', 'WELCOME'],
    push: ['PUSH', 'WELCOME'],
  }
  const rows = Object.entries(lanes).map(([id, [channel, kind]]) => ({
    ...{ id, channel, kind, occasion_id: 'WELCOME', status: 'QUEUED', attempts: 0 },
    ...{ available_at: hoursAgo(1), expires_at: hoursAgo(1), created_at: hoursAgo(1), content: {} },
  }))
  const left = Object.keys(lanes)
    .toSorted()
    .map((id) => ({ id, attempts: id === lane ? 1 : 0 }))
  return { given: { notification: rows }, left: ['notification', left] }
}

/** A timer erases what is left of deleted users: it decides when it looks at a user again. */
const ERASING: Work = {
  given: { deleted_user: [{ user_id: 'usr_1', deleted_at: daysAgo(1), due_at: hoursAgo(1) }] },
  left: [
    'deleted_user',
    [{ user_id: 'usr_1', due_at: expect.not.stringContaining(hoursAgo(1).slice(0, 13)) }],
  ],
}

const deriving = (source: string): Work => ({
  given: {
    stale_product: ['PURCHASE', 'VIEW'].map((one, id) => ({
      source: one,
      product_id: 'prd_1',
      event_at: daysAgo(1),
      id,
    })),
  },
  left: [
    'stale_product',
    ['PURCHASE', 'VIEW'].filter((one) => one !== source).map((one) => ({ source: one })),
  ],
})

const PAYMENT_METHOD = { kind: 'CARD', gateway: 'sandbox', gateway_ref: 'x', is_default: false }
const TICKET = {
  ...{
    id: 'tkt_1',
    subject: 'Socks',
    status: 'OPEN',
    priority: 'NORMAL',
    version: 1,
    sequence: 1,
    message_count: 1,
  },
  ...{ first_response_minutes: 60, resolution_minutes: 600, created_at: daysAgo(1), updated_at: daysAgo(1) },
}
const OLD_TICKET = { ...TICKET, guest_email: 'a@b.example', status: 'RESOLVED' }

/** Work of each timer. Timers that are missing are in `SHOWN_ELSEWHERE`. */
const WORK: Readonly<Record<string, Readonly<Record<string, Work>>>> = {
  payments: {
    'remove-guests-methods': {
      given: {
        payment_method: [
          { ...PAYMENT_METHOD, id: 'pmt_1', created_at: daysAgo(2) },
          { ...PAYMENT_METHOD, id: 'pmt_2', created_at: hoursAgo(1) },
        ],
      },
      left: [
        'payment_method',
        [
          { id: 'pmt_1', removed_at: expect.any(String) },
          { id: 'pmt_2', removed_at: null },
        ],
      ],
    },
    'detach-removed-methods': {
      given: {
        payment_method: [{ ...PAYMENT_METHOD, id: 'pmt_1', created_at: daysAgo(9), removed_at: daysAgo(9) }],
      },
      left: ['payment_method', [{ id: 'pmt_1', detach_due_at: expect.any(String) }]],
    },
    'erase-deleted-users': ERASING,
  },
  shipping: { 'erase-deleted-users': ERASING },
  search: {
    'derive-suggested-queries': {
      given: {
        query_count: [
          { day: daysAgo(1), query: 'moss', searches: 9, zero_results: 0, clicks: 0, in_vocabulary: true },
        ],
      },
      left: ['suggested_query', [{ query: 'moss', searches: 9 }]],
    },
    'forget-query-counts': forgetting('query_count', 'day', 400),
    'forget-orders': forgetting('ordered_product', 'placed_at', 401, { product_id: 'prd_1' }),
  },
  notifications: {
    'plan-occasions': {
      given: {
        occasion: [
          {
            id: 'WELCOME usr_1',
            kind: 'WELCOME',
            user_id: 'usr_1',
            data: { kind: 'WELCOME' },
            state: 'PENDING',
            attempts: 0,
            due_at: hoursAgo(1),
            created_at: hoursAgo(1),
          },
        ],
      },
      left: ['occasion', [{ attempts: 1, state: 'PENDING' }]],
    },
    'send-email': sending('email'),
    'send-campaign': sending('campaign'),
    'send-sms': sending('sms'),
    'send-push': sending('push'),
    'plan-digests': {
      given: { staff: [{ user_id: 'usr_1', roles: ['ADMIN'], sequence: 1 }] },
      left: ['staff', [{ user_id: 'usr_1', next_at: expect.any(String) }]],
    },
    'forget-digest-items': forgetting('digest_item', 'noted_at', 30),
    'forget-stopped-addresses': forgetting('stopped_address', 'since', 90),
    'forget-phone-codes': forgetting('phone_code', 'expires_at', 0),
    'erase-deleted': ERASING,
    'forget-guest-addresses': {
      given: {
        known_order: [401, 399].map((days) => ({
          order_id: `${days}`,
          email: 'a@b.example',
          told_at: daysAgo(days),
        })),
      },
      left: [
        'known_order',
        [
          { order_id: '399', email: 'a@b.example' },
          { order_id: '401', email: null },
        ],
      ],
    },
    'forget-notifications': forgetting('notification', 'created_at', 400, { kind: 'WELCOME' }),
  },
  analytics: {
    'forget-activity': forgetting('activity', 'quarter', 800),
    'forget-search-terms': forgetting('search_term', 'day', 400),
  },
  recommendations: {
    'derive-purchases': deriving('PURCHASE'),
    'derive-views': deriving('VIEW'),
    'mark-old-lists': {
      given: {
        neighbour_list: [2, 0].map((days) => ({
          kind: 'VIEW',
          product_id: `prd_${days}`,
          others: [],
          scores: [],
          derived_at: daysAgo(days),
        })),
      },
      left: ['stale_product', [{ source: 'VIEW', product_id: 'prd_2' }]],
    },
    'forget-view-counts': forgetting('quarter_count', 'quarter', 800, { count: 1, is_told: true }),
    'forget-old': forgetting('product_view', 'at', 30, { product_id: 'prd_1' }),
    'erase-deleted-users': ERASING,
  },
  support: {
    'erase-guest-tickets': {
      given: {
        ticket: [
          { ...OLD_TICKET, id: 'tkt_1', updated_at: daysAgo(401) },
          { ...OLD_TICKET, id: 'tkt_2', updated_at: daysAgo(399) },
        ],
      },
      left: [
        'ticket',
        [
          { id: 'tkt_1', subject: 'Erased' },
          { id: 'tkt_2', subject: 'Socks' },
        ],
      ],
    },
    'forget-mail': forgetting('inbound_mail', 'at', 30),
    'mark-breaches': {
      given: {
        ticket: [
          {
            ...TICKET,
            first_response_due_at: hoursAgo(2),
            resolution_due_at: soon,
            due_at: hoursAgo(2),
            breach_at: hoursAgo(2),
          },
        ],
      },
      left: [
        'ticket',
        [{ id: 'tkt_1', first_response_breached_at: expect.any(String), resolution_breached_at: null }],
      ],
    },
    'run-campaigns': {
      given: {
        campaign: [
          {
            ...{
              id: 'cmp_1',
              name: 'Winter',
              segment_id: 'seg_1',
              variants: [],
              link_path: '/',
              status: 'SENDING',
            },
            ...{ control_percent: 0, messages_per_minute: 60, attribution_days: 7, version: 1, sequence: 0 },
            ...{
              created_at: daysAgo(1),
              updated_at: daysAgo(1),
              audience_at: daysAgo(1),
              due_at: hoursAgo(1),
            },
          },
        ],
      },
      left: ['campaign', [{ id: 'cmp_1', status: 'SENT' }]],
    },
    'evaluate-segments': {
      given: {
        customer: [
          { user_id: 'usr_1', orders: 0, accepts_campaigns: false, is_deleted: false, due_at: hoursAgo(1) },
        ],
      },
      left: ['customer', [{ user_id: 'usr_1', due_at: null }]],
    },
    'refresh-scores': {
      given: { rfm_scale: [{ id: 1, scale: {}, computed_at: daysAgo(1) }] },
      left: ['rfm_scale', [{ scale: { recency: [], frequency: [], monetary: {} } }]],
    },
    'mark-buyers': {
      given: { recategorised_product: [{ product_id: 'prd_1', through: '', due_at: hoursAgo(1) }] },
      left: ['recategorised_product', []],
    },
    'finish-segments': {
      given: { segment: [{ id: 'seg_1', rule: [], deleted_at: hoursAgo(1) }] },
      left: ['segment', []],
    },
    'erase-deleted-users': ERASING,
  },
}

/** Timers whose work needs other programs or more than rows: the tests of their subgraphs and of the whole shop run them. */
const SHOWN_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  payments: ['call-gateway', 'check-refunds', 'end-run-out-payments'],
  shipping: ['call-carrier', 'rotate-quote-keys'],
  search: ['derive-stale-listings', 'write-query-counts'],
  analytics: ['derive-day-sums'],
  recommendations: ['publish-view-counts'],
}

const THROTTLES: Work = {
  given: {
    throttle: [
      { key: 'a', empty_at: hoursAgo(1) },
      { key: 'b', empty_at: soon },
    ],
  },
  left: ['throttle', [{ key: 'b' }]],
}

// The keys stay: statements name them in ON CONFLICT.
const CONSTRAINTS = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', c.conrelid::regclass, c.conname) AS drop
  FROM pg_constraint c LEFT JOIN pg_constraint key ON key.conrelid = c.conrelid AND key.contype = 'p'
 WHERE c.conrelid = $1::regclass AND (c.contype IN ('c', 'f') OR c.contype = 'n' AND NOT c.conkey <@ key.conkey)`

async function insert(client: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const { rows: constraints } = await client.query<{ drop: string }>(CONSTRAINTS, [table])
  for (const { drop } of constraints) await client.query(drop)
  const statement = `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`
  await client.query(statement, [JSON.stringify(rows)])
}

test.each(Object.keys(WORK))('each timer of %s does its work, and that alone', async (name) => {
  const database = await testDatabase(name)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const secret = () => randomBytes(32).toString('base64url')
  const secrets = { internalTokenMasterKey: secret(), signingKeySecret: secret() }
  const place = {
    host: '127.0.0.1',
    port: 4999,
    databaseUrl: database.url,
    own: { SUPPORT_MAIL_KEY: secret() },
  }
  const definition = await importSubgraph(name)
  const subgraph = await testSubgraph(definition, {
    settings: subgraphSettings(name, secrets, place),
    database,
  })
  for (const { name: timer, run } of definition.timers ?? []) {
    const work = timer === 'forget-throttles' ? THROTTLES : WORK[name]?.[timer]
    if (!work) {
      expect(SHOWN_ELSEWHERE[name]).toContain(timer)
      continue
    }
    for (const [table, rows] of Object.entries(work.given)) await insert(client, table, rows)
    await run(subgraph.resources, new AbortController().signal)
    const [table, rows] = work.left
    const found = await client.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY t::text`)
    expect([timer, found.rows.map(({ row }) => row)]).toMatchObject([timer, rows])
    for (const one of [...Object.keys(work.given), table]) await client.query(`DELETE FROM ${one}`)
  }
  await client.end()
  await subgraph.close()
})

test('every subgraph of the tables is one of the shop', () => {
  for (const name of [...Object.keys(WORK), ...Object.keys(SHOWN_ELSEWHERE)])
    expect(SUBGRAPH_NAMES).toContain(name)
})
