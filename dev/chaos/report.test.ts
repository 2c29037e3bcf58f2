import { expect, test } from 'vitest'
import type { Databases } from './databases.ts'
import type { Facts, OrderRow } from './invariants/order-facts.ts'
import type { Violation } from './invariants/violation.ts'
import { reportOf } from './report.ts'

const order = (id: string, status: string): OrderRow => ({
  ...{ id, number: `A-${id}`, status, step: 'DONE', version: 1, currency: 'EUR', total: '1' },
  ...{ captured: '0', refunded: '0', reversed: '0', isPaid: true },
})

const asked: string[] = []
const databases: Databases = {
  async rows(_, __, values = []) {
    asked.push(String(values[0]))
    return []
  },
  cut: async () => 0,
  close: async () => {},
}

function reported(violations: readonly Violation[]): Promise<string[]> {
  const orders = [order('1', 'DELIVERED'), order('2', 'CANCELLED'), order('3', 'DELIVERED')]
  const facts: Facts = {
    orders,
    ...{ payments: new Map(), gateway: new Map(), reservations: new Map() },
    ...{ shipments: new Map(), labels: new Map(), returns: [] },
  }
  const ends = new Map([
    ['addCartLine done', 12],
    ['placeOrder given up', 1],
  ])
  const outcome = { plan: [], facts, violations, ends, restMs: 1_260, twice: { byFaults: 4, byRelays: 2 } }
  const options = { seed: 7, lengthMs: 90_000, instances: 2, shoppers: 5, everyMs: 3_000, keeps: false }
  return reportOf(outcome, options, databases)
}

test('the report of a run without violations has its counts', async () => {
  expect(await reported([])).toEqual([
    '',
    'seed 7: 0 faults, 3 orders: 1 CANCELLED, 2 DELIVERED',
    'mutations: 12 addCartLine done, 1 placeOrder given up',
    'messages published again: 4 by faults, 2 by relays',
    'at rest 1.3 s after the last fault',
    '0 violations',
  ])
})

test('violations are grouped by order, followed by the command that repeats the run', async () => {
  const lines = await reported([
    { invariant: 4, orderId: '1', text: 'one thing' },
    { invariant: 6, orderId: null, text: 'a stray' },
    { invariant: 7, orderId: '1', text: 'another' },
  ])
  expect(lines.slice(0, 4)).toEqual(['', '1 A-1', '  invariant 4: one thing', '  invariant 7: another'])
  expect(lines).toContain('Of no one order')
  expect(lines).toContain('  invariant 6: a stray')
  expect(lines.slice(-2)).toEqual([
    '3 violations',
    'the same again: npm run chaos -- --seed 7 --minutes 1.5 --instances 2 --shoppers 5 --every 3000',
  ])
})

test('the report has the history of ten orders, and only the violations of the others', async () => {
  asked.length = 0
  const ids = Array.from({ length: 12 }, (_, index) => `order-${index}`)
  const lines = await reported(ids.map((orderId) => ({ invariant: 4, orderId, text: 'a thing' })))
  expect(lines.filter((line) => line === '  invariant 4: a thing')).toHaveLength(12)
  const shown = new Set(asked.filter((id) => id.startsWith('order-')))
  expect(shown.has('order-9')).toBe(true)
  expect(shown.has('order-10')).toBe(false)
})
