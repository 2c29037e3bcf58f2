import { expect, test } from 'vitest'
import type { Databases, Row } from '../databases.ts'
import { moneyViolations } from './money.ts'
import type { Facts, GatewayRow, OrderRow, PaymentRow } from './order-facts.ts'

const SINCE = new Date('2026-11-29T06:00:00Z')

const ORDER: OrderRow = {
  ...{
    id: 'o',
    number: 'A-1',
    status: 'DELIVERED',
    step: 'DONE',
    version: 6,
    currency: 'EUR',
    total: '1200',
  },
  ...{ captured: '1200', refunded: '200', reversed: '0', isPaid: true },
}
const AMOUNTS = { amount: '1200', authorized: '1200', captured: '1200', refunded: '200' }
const PAYMENT: PaymentRow = {
  ...{ id: 'p', orderId: 'o', status: 'CAPTURED', pending: null, gatewayRef: 'g', currency: 'EUR' },
  ...{ ...AMOUNTS, reversed: '0' },
}
const PAID: GatewayRow = {
  ...{ id: 'g', orderId: 'o', status: 'CAPTURED', currency: 'EUR', ...AMOUNTS, voids: 0, captures: 1 },
  ...{ ledgerAuthorized: '1200', ledgerCaptured: '1200', ledgerRefunded: '200', ledgerReversed: '0' },
}

type Changes = {
  readonly order?: Partial<OrderRow>
  readonly payment?: Partial<PaymentRow> | null
  readonly paid?: readonly Partial<GatewayRow>[]
}

function factsOf({ order = {}, payment = {}, paid = [{}] }: Changes): Facts {
  return {
    orders: [{ ...ORDER, ...order }],
    payments: new Map(payment ? [['o', { ...PAYMENT, ...payment }]] : []),
    gateway: new Map([['o', paid.map((row) => ({ ...PAID, ...row }))]]),
    ...{ reservations: new Map(), shipments: new Map(), labels: new Map(), returns: [] },
  }
}

/** Databases with a row for the statements that contain a text. */
function databasesOf(found: Readonly<Record<string, Row>> = {}): Databases {
  return {
    rows: async <R extends object>(_: string, sql: string) =>
      // The rows are given by the test.
      Object.entries(found).flatMap(([text, row]) => (sql.includes(text) ? [row] : [])) as unknown as R[],
    cut: async () => 0,
    close: async () => {},
  }
}

async function reported(facts: Facts, found: Readonly<Record<string, Row>> = {}) {
  const violations = await moneyViolations(databasesOf(found), facts, SINCE)
  return violations.map(({ invariant, orderId, text }) => [invariant, orderId, text])
}

test('an order whose money is the same everywhere is right, and so is one that was never charged', async () => {
  expect(await reported(factsOf({}))).toEqual([])
  const none = { captured: '0', refunded: '0' }
  expect(await reported(factsOf({ order: none, payment: null, paid: [] }))).toEqual([])
  // The payment of a deleted account has no currency.
  expect(await reported(factsOf({ payment: { currency: null } }))).toEqual([])
})

test.each<[string, Changes, number]>([
  ['refunded 200, captured 1200, authorized 1100 of 1200', { payment: { authorized: '1100' } }, 4],
  ['payments: refunded 200, captured 1200, authorized 1200 of 1100', { payment: { amount: '1100' } }, 4],
  ['the gateway: refunded 200, captured 1200, authorized 1200 of 1100', { paid: [{ amount: '1100' }] }, 4],
  ['g was captured 2 and voided 0 times at the gateway', { paid: [{ captures: 2 }] }, 5],
  ['g was captured 1 and voided 2 times at the gateway', { paid: [{ voids: 2 }] }, 5],
  ['there are 2 payments at the gateway', { paid: [{}, { ...zero(), id: 'h', captures: 0 }] }, 5],
  ['what was captured differs: {"orders":"1100"', { order: { captured: '1100' } }, 7],
  ['what was captured differs: {"orders":"1200","payments":"0"', { payment: null }, 7],
  ['"ledger":"1100"}', { paid: [{ ledgerCaptured: '1100' }] }, 7],
  ['what was refunded differs: {"orders":"0"', { order: { refunded: '0' } }, 7],
  ['what was refunded differs', { paid: [{ ledgerRefunded: '100' }] }, 7],
  ['what was authorized at the gateway differs', { paid: [{ ledgerAuthorized: '1100' }] }, 7],
  ['paid in USD, ordered in EUR', { payment: { currency: 'USD' } }, 7],
  ['charged in USD, ordered in EUR', { paid: [{ currency: 'USD' }] }, 7],
])('%s', async (text, changes, invariant) => {
  expect(await reported(factsOf(changes))).toContainEqual([invariant, 'o', expect.stringContaining(text)])
})

function zero(): Partial<GatewayRow> {
  const none = { amount: '0', authorized: '0', captured: '0', refunded: '0' }
  return { ...none, ledgerAuthorized: '0', ledgerCaptured: '0', ledgerRefunded: '0' }
}

test('a payment without an order is reported once, in whichever database it is', async () => {
  const facts = { ...factsOf({}), orders: [] }
  expect(await reported(facts)).toEqual([[7, 'o', 'a payment of an order that does not exist']])
})

test.each([
  ['FROM order_line', { id: 'o' }, 4, 'o', 'the total is not the sum of its parts: {"id":"o"}'],
  ['FROM refund', { order_id: 'o' }, 4, 'o', 'refunds do not add up: {"order_id":"o"}'],
  ['FROM invoice', { year: 2026 }, 4, null, 'invoice numbers have a gap: {"year":2026}'],
])('a row that is %s is reported', async (sql, row, invariant, orderId, text) => {
  expect(await reported(factsOf({}), { [sql]: row })).toEqual([[invariant, orderId, text]])
})
