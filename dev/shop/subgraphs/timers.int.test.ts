import { testDatabase } from '@argyle/kit/testing/database'
import { dueSql } from '@argyle/kit/timers'
import pg from 'pg'
import { expect, test } from 'vitest'
import { importSubgraph, SUBGRAPH_NAMES } from './subgraphs.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const LATER = '2026-03-01T12:00:00.001Z'

/** Timers that have work in an empty database. */
const AT_ONCE = ['refresh-scores']

type Row = Readonly<Record<string, unknown>>
/** A row of a table that is work for a timer, and values of it that are none. */
type Work = { readonly table: string; readonly due: Row; readonly not: readonly Row[] }

const notification: Work = {
  table: 'notification',
  due: { status: 'QUEUED', available_at: NOW },
  not: [{ available_at: LATER }, ...['SENT', 'FAILED'].map((status) => ({ status }))],
}
const unfinished = { table: 'segment', not: [{ built_through: null, deleted_at: null }] }

/** Due work of each timer that queries for it. */
const WORK: Readonly<Record<string, readonly Work[]>> = {
  'make-links': [{ table: 'link_request', due: { id: 'lnk_1' }, not: [] }],
  'expire-reservations': [
    {
      table: 'reservation',
      due: { status: 'HELD', expires_at: NOW },
      not: [{ expires_at: LATER }, { status: 'COMMITTED' }],
    },
  ],
  'resume-sagas': [{ table: 'orders', due: { due_at: NOW }, not: [{ due_at: LATER }, { due_at: null }] }],
  'call-gateway': [
    { table: 'gateway_call', due: { due_at: NOW }, not: [{ due_at: LATER }, { done_at: NOW }] },
  ],
  'end-run-out-payments': [
    {
      table: 'payment',
      due: { status: 'REQUIRES_ACTION', action_expires_at: NOW },
      not: [{ action_expires_at: LATER }, { status: 'CAPTURED' }, { pending: 'AUTHORIZE' }],
    },
    {
      table: 'payment',
      due: { status: 'AUTHORIZED', authorized_until: NOW },
      not: [{ authorized_until: LATER }, { status: 'CAPTURED' }, { pending: 'CAPTURE' }],
    },
  ],
  'call-carrier': [
    { table: 'shipment', due: { call_at: NOW }, not: [{ call_at: LATER }, { call_at: null }] },
  ],
  'derive-stale-listings': [{ table: 'stale_listing', due: { product_id: 'prd_1' }, not: [] }],
  'plan-occasions': [
    {
      table: 'occasion',
      due: { state: 'PENDING', due_at: NOW },
      not: [{ due_at: LATER }, { state: 'TOLD' }],
    },
  ],
  'send-email': [notification],
  'send-campaign': [notification],
  'send-sms': [notification],
  'send-push': [notification],
  'mark-breaches': [{ table: 'ticket', due: { breach_at: NOW }, not: [{ breach_at: LATER }] }],
  'run-campaigns': [{ table: 'campaign', due: { due_at: NOW }, not: [{ due_at: LATER }, { due_at: null }] }],
  'evaluate-segments': [
    {
      table: 'customer',
      due: { due_at: NOW, is_deleted: false },
      not: [{ due_at: LATER }, { is_deleted: true }],
    },
  ],
  'refresh-scores': [
    {
      table: 'rfm_scale',
      due: { computed_at: new Date(NOW.getTime() - 3_600_000) },
      not: [{ computed_at: new Date(NOW.getTime() - 3_599_999) }],
    },
  ],
  'mark-buyers': [{ table: 'recategorised_product', due: { product_id: 'prd_1' }, not: [] }],
  'finish-segments': [
    { ...unfinished, due: { built_through: '' } },
    { ...unfinished, due: { deleted_at: NOW } },
  ],
}

/** The period of each timer in seconds: a timer that is added, left out or slower shows here. */
const PERIODS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  users: {
    'forget-copy-progress': 3600,
    'rotate-signing-keys': 3600,
    'forget-sessions': 3600,
    'make-links': 1,
    'forget-links': 3600,
    'forget-networks': 3600,
    'forget-throttles': 3600,
  },
  products: { 'forget-copy-progress': 3600 },
  inventory: { 'expire-reservations': 5, 'publish-stock-counts': 60, 'forget-copy-progress': 3600 },
  reviews: {},
  orders: {
    'resume-sagas': 5,
    'number-invoices': 2,
    'forget-quote-keys': 3600,
    'forget-throttles': 3600,
    'erase-deleted-users': 60,
    'publish-cart-counts': 30,
    'forget-cart-counts': 3600,
    'delete-expired-carts': 60,
  },
  payments: {
    'call-gateway': 1,
    'end-run-out-payments': 1,
    'check-refunds': 60,
    'remove-guests-methods': 60,
    'detach-removed-methods': 60,
    'erase-deleted-users': 60,
    'forget-throttles': 3600,
  },
  shipping: {
    'call-carrier': 0.5,
    'erase-deleted-users': 60,
    'rotate-quote-keys': 3600,
    'forget-throttles': 3600,
  },
  search: {
    'derive-stale-listings': 1,
    'write-query-counts': 5,
    'derive-suggested-queries': 600,
    'forget-query-counts': 3600,
    'forget-throttles': 3600,
    'forget-orders': 3600,
  },
  notifications: {
    'plan-occasions': 1,
    'send-email': 1,
    'send-campaign': 1,
    'send-sms': 1,
    'send-push': 1,
    'plan-digests': 60,
    'forget-digest-items': 3600,
    'forget-stopped-addresses': 3600,
    'forget-phone-codes': 3600,
    'forget-throttles': 3600,
    'erase-deleted': 3600,
    'forget-guest-addresses': 3600,
    'forget-notifications': 3600,
  },
  analytics: { 'derive-day-sums': 30, 'forget-activity': 3600, 'forget-search-terms': 3600 },
  recommendations: {
    'derive-purchases': 30,
    'derive-views': 10,
    'mark-old-lists': 3600,
    'publish-view-counts': 30,
    'forget-view-counts': 3600,
    'forget-old': 3600,
    'erase-deleted-users': 3600,
    'forget-throttles': 3600,
  },
  support: {
    'erase-guest-tickets': 3600,
    'forget-throttles': 3600,
    'forget-mail': 3600,
    'mark-breaches': 5,
    'run-campaigns': 1,
    'evaluate-segments': 1,
    'refresh-scores': 1,
    'mark-buyers': 1,
    'finish-segments': 1,
    'erase-deleted-users': 60,
  },
}

const CONSTRAINTS = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname) AS drop
  FROM pg_constraint WHERE conrelid = $1::regclass ORDER BY contype <> 'p'`

/** Removes all constraints, so that rows can have only the columns that a timer reads. */
async function loosen(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ drop: string }>(CONSTRAINTS, [table])
  await client.query(rows.map(({ drop }) => drop).join(';'))
}

/** Whether a timer is due while a table has these rows alone. */
async function isDueBy(client: pg.Client, due: string, table: string, ...rows: Row[]): Promise<unknown> {
  await client.query(`DELETE FROM ${table}`)
  const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`
  await client.query(insert, [JSON.stringify(rows)])
  return (await client.query(dueSql([due]), [NOW])).rows[0]?.d0
}

type Asking = readonly [timer: string, due: string]

/** The timers of each subgraph that query for due work. */
const ASKING = await Promise.all(
  SUBGRAPH_NAMES.map(async (name) => {
    const { timers = [] } = await importSubgraph(name)
    const asking = timers.flatMap((timer): Asking[] =>
      timer.due === undefined ? [] : [[timer.name, timer.due]],
    )
    return [name, asking] as const
  }),
)

test.each(ASKING.filter(([, asking]) => asking.length > 0))(
  'the timers of %s find no work in an empty database, by an index, and their own when its time has come',
  async (name, asking) => {
    const database = await testDatabase(name)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('SET enable_seqscan = off')
    for (const [timer, due] of asking) {
      const { rows } = await client.query(dueSql([due]), [NOW])
      expect([timer, rows[0]?.d0]).toEqual([timer, AT_ONCE.includes(timer) ? true : null])
      const plan = await client.query(`EXPLAIN ${dueSql([due])}`, [NOW])
      const scans = plan.rows.map((row) => String(row['QUERY PLAN'])).filter((line) => /Scan/.test(line))
      if (!AT_ONCE.includes(timer)) expect(scans.join('\n')).toMatch(/^(.*Index (Only )?Scan using.*\n?)+$/)
    }
    for (const [timer, due] of asking) {
      expect(Object.keys(WORK)).toContain(timer)
      for (const { table, due: row, not } of WORK[timer] ?? []) {
        await loosen(client, table)
        expect([timer, row, await isDueBy(client, due, table, row)]).toEqual([timer, row, true])
        for (const values of not) {
          const isDue = await isDueBy(client, due, table, { ...row, ...values })
          expect([timer, values, isDue]).not.toEqual([timer, values, true])
        }
        // Rows whose time has not come delay no other. The table of a scale has one row.
        const others = (table === 'rfm_scale' ? [] : not).map((values) => ({ ...row, ...values }))
        const isDue = await isDueBy(client, due, table, row, ...others)
        expect([timer, row, isDue]).toEqual([timer, row, true])
        await client.query(`DELETE FROM ${table}`)
      }
    }
    await client.end()
    await database.drop()
  },
)

test.each(SUBGRAPH_NAMES)('the timers of %s have these periods', async (name) => {
  const { timers = [] } = await importSubgraph(name)
  const periods = timers.map(({ name: timer, everyMs }) => [timer, everyMs / 1_000])
  expect(Object.fromEntries(periods)).toEqual(PERIODS[name])
})
