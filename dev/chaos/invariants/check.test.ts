import { expect, test } from 'vitest'
import type { Databases, Row } from '../databases.ts'
import { checkInvariants } from './check.ts'

const SINCE = new Date('2026-11-29T06:00:00Z')
const ORDER = {
  ...{ id: 'o', number: 'A-1', status: 'CANCELLED', step: 'DONE', version: 0, currency: 'EUR', total: '1' },
  ...{ captured: '0', refunded: '0', reversed: '0', isPaid: false },
}

/** Databases with rows for the statements of one database that contain a text. */
function databasesOf(answers: readonly (readonly [name: string, sql: string, row: Row])[]): Databases {
  return {
    rows: async <R extends object>(database: string, sql: string) =>
      // The rows are given by the test.
      answers.flatMap(([name, text, row]) =>
        name === database && sql.includes(text) ? [row] : [],
      ) as unknown as R[],
    cut: async () => 0,
    close: async () => {},
  }
}

type Answers = Parameters<typeof databasesOf>[0]
type Intent = readonly [mutation: string, key: string, ...orderIds: string[]]

async function reported(answers: Answers, intents: readonly Intent[]) {
  const given = intents.map(([mutation, key, ...ids]) => ({ mutation, key, orderIds: new Set(ids) }))
  const { violations } = await checkInvariants(databasesOf(answers), { since: SINCE, intents: given })
  return violations
    .filter(({ invariant }) => invariant === 1 || invariant === 5)
    .map(({ invariant, orderId, text }) => [invariant, orderId, text])
}

const ordered = (id: string): Answers[number] => ['orders', 'FROM orders WHERE', { ...ORDER, id }]

test.each<[string, Answers, readonly Intent[]]>([
  ['an order that was answered', [ordered('o')], [['placeOrder', 'k', 'o']]],
  ['an order of a guest', [ordered('o')], [['placeGuestOrder', 'k', 'o']]],
  [
    'an order whose answer was lost',
    [ordered('o'), ['orders', 'idempotency_record', { key: 'k' }]],
    [['placeOrder', 'k']],
  ],
  ['a purchase that was given up', [], [['placeOrder', 'k']]],
  ['another mutation', [], [['addCartLine', 'k', 'gone']]],
])('%s is right', async (_, answers, intents) => {
  expect(await reported(answers, intents)).toEqual([])
})

test.each<[string, Answers, readonly Intent[], string | null]>([
  [
    'the key k made o, q',
    [ordered('o'), ordered('q')],
    [
      ['placeOrder', 'k', 'o', 'q'],
      ['placeOrder', 'l', 'q'],
    ],
    'o',
  ],
  ['an order that was answered does not exist', [], [['placeGuestOrder', 'k', 'o']], 'o'],
  ['there are 1 orders for 0 idempotency keys', [ordered('o')], [['addCartLine', 'k', 'o']], null],
  [
    'there are 2 orders for 1 idempotency keys',
    [ordered('o'), ordered('q')],
    [['placeOrder', 'k', 'o']],
    null,
  ],
])('%s', async (text, answers, intents, orderId) => {
  expect(await reported(answers, intents)).toEqual([[5, orderId, text]])
})

test('a dead letter is reported, with its consumer and error', async () => {
  const row = {
    ...{ consumer: 'orders', event_id: 'e', type: 'users.account.deleted', subject: 'u' },
    error: 'x'.repeat(1_000),
  }
  expect(await reported([['search', 'FROM dead_letter', row]], [])).toEqual([
    [5, 'u', `orders gave up on users.account.deleted: ${'x'.repeat(300)}`],
  ])
})

test.each<[string, Row, number, string | null, string]>([
  ['FROM stock_level level', { id: 'l' }, 1, null, 'the stock level does not add up: {"id":"l"}'],
  ['WINDOW entries', { order_id: 'o' }, 1, 'o', 'the ledger skips an entry: {"order_id":"o"}'],
  ['HAVING count(*) > 1', { order_id: 'o' }, 5, 'o', 'stock moved twice: {"order_id":"o"}'],
  ['FROM restock', { order_id: 'o' }, 1, 'o', 'returned units do not add up: {"order_id":"o"}'],
])('stock that is %s is reported', async (sql, row, invariant, orderId, text) => {
  expect(await reported([['inventory', sql, row]], [])).toEqual([[invariant, orderId, text]])
})
