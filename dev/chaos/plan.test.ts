import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { lineOf, type PlanOptions, planFaults } from './plan.ts'

const services = new Map([
  ['orders', ['orders-1', 'orders-2']],
  ['payments', ['payments-1']],
  ['shipping', ['shipping-1']],
  ['inventory', ['inventory-1']],
  ['carrier', ['carrier']],
  ['router', ['router']],
])
const options = { lengthMs: 60_000, everyMs: 500, services }

const planOf = (seed: number, changes: Partial<PlanOptions> = {}) =>
  planFaults({ seed, ...options, ...changes })

test('a seed plans the same faults again, another seed others', () => {
  expect(planOf(7)).toEqual(planOf(7))
  expect(planOf(7)).not.toEqual(planOf(8))
})

// A violation is looked into by the seed of its run, perhaps with a later version: where the plan is changed on purpose, this line
// changes with it. It has the number of faults, and the beginning of their SHA-256.
test('a seed plans the same faults in every version', () => {
  const plan = planOf(7, { lengthMs: 600_000 })
  const digest = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12)
  expect(`${plan.length} ${digest}`).toBe('1237 6904d8cd8af7')
})

test('a longer run begins with the faults of a shorter one', () => {
  const short = planOf(7, { lengthMs: 10_000 })
  expect(planOf(7).slice(0, short.length)).toEqual(short)
})

test('faults come in order, within the length, as often as asked for', () => {
  const times = planOf(3, { lengthMs: 1_000_000 }).map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  expect(times.at(-1)).toBeLessThan(1_000_000)
  expect(times.length).toBeGreaterThan(1_800)
  expect(times.length).toBeLessThan(2_200)
})

test('every kind of fault is drawn, and only programs that there are', () => {
  const plan = planOf(1, { lengthMs: 600_000 })
  expect([...new Set(plan.map(({ fault }) => fault.kind))].toSorted()).toEqual([
    'carrier',
    'cut',
    'cut-database',
    'duplicate',
    'freeze',
    'gateway',
    'hold',
    'kill',
    'kill-worker',
    'restart-broker',
    'restart-database',
  ])
  const programs = new Set([...services.values()].flat())
  const targets = plan.flatMap(({ fault }) =>
    fault.kind === 'kill' || fault.kind === 'freeze' ? [fault.target] : [],
  )
  expect(new Set(targets)).toEqual(programs)
  const failpoints = plan.flatMap(({ fault }) => (fault.kind === 'kill' ? (fault.failpoint ?? []) : []))
  expect(failpoints.some((point) => point.startsWith('payments.gateway-answered:'))).toBe(true)
})

test('shares of one call add up to one at most', () => {
  const shares = planOf(5, { lengthMs: 2_000_000 }).flatMap(({ fault }) => {
    if (fault.kind !== 'gateway' && fault.kind !== 'carrier') return []
    const { fail = 0, drop = 0, slow = 0 } = fault.faults
    return [fail + drop + slow]
  })
  expect(shares.length).toBeGreaterThan(100)
  expect(Math.max(...shares)).toBeLessThanOrEqual(1)
})

test('a line has the time, the target and the kind of a fault', () => {
  const fault = { kind: 'freeze', target: 'orders-1', ms: 300 } as const
  expect(lineOf({ atMs: 12_345, fault })).toBe('  12.35 s  freeze target "orders-1", ms 300')
})
