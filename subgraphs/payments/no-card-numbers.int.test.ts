import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TEST_CARDS } from './sandbox-gateway/test-cards.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
let logged = ''
beforeAll(async () => {
  const write = (line: string) => {
    logged += line
  }
  const log = pino({ level: 'trace' }, { write })
  shop = await openPayments({ log })
})
afterAll(() => shop.close())

const TABLES = `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`

/** All rows of all tables of a database, as text. */
async function everything(
  sql: <Row extends Record<string, unknown>>(statement: string) => PromiseLike<Row[]>,
): Promise<string> {
  const tables = await sql<{ name: string }>(TABLES)
  const rows: { row: string }[] = []
  for (const { name } of tables)
    rows.push(...(await sql<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)))
  return rows.map(({ row }) => row).join('\n')
}

const isIn = (text: string) =>
  TEST_CARDS.filter(({ number }) => text.includes(number) || text.includes(number.slice(0, 12)))

test('a card number is in no table, no message and no log, of the shop or of the sandbox gateway', async () => {
  const ada = customer(newId('usr'))
  for (const card of ['4242424242424242', '4000000000009995', '4000000000000044']) {
    const { orderId } = await shop.authorized(ada, card)
    await shop.command('capture', { orderId })
  }
  // A card number given by mistake as a token.
  await shop.mutate('addPaymentMethod', { idempotencyKey: 'k', token: '4242 4242 4242 4242' }, ada)
  await shop.mutate('addPaymentMethod', { idempotencyKey: 'k', token: '4242424242424242' }, ada)
  const shops = await everything((statement) => shop.sql(statement))
  const gateways = await everything((statement) => shop.sandbox.sql(statement))
  expect([shops.length > 1_000, gateways.length > 1_000, logged.length > 100]).toEqual([true, true, true])
  expect(shops).toContain('payments.payment.authorized')
  expect([isIn(shops), isIn(gateways), isIn(logged)]).toEqual([[], [], []])
})
