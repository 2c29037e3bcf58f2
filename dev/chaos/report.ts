import type { ChaosOptions } from './command-line.ts'
import type { Databases } from './databases.ts'
import { historyOf } from './order-history.ts'
import type { Outcome } from './run.ts'

/** Maximum number of orders whose history is printed. For the others, only the violations are printed. */
const MAX_HISTORIES = 10

/** The outcome of a run, line by line: the orders by their final state, and each violation with its order's history. */
export async function reportOf(
  { plan, facts, violations, ends, restMs, twice }: Outcome,
  { seed, lengthMs, instances, shoppers, everyMs }: ChaosOptions,
  databases: Databases,
): Promise<string[]> {
  const states = Map.groupBy(facts.orders, ({ status }) => status)
  const counts = [...states].map(([status, all]) => `${all.length} ${status}`).toSorted()
  const about = Map.groupBy(violations, ({ orderId }) => orderId)
  const lines: string[] = []
  for (const [orderId, all] of about) {
    const number = facts.orders.find(({ id }) => id === orderId)?.number ?? ''
    lines.push('', orderId ? `${orderId} ${number}` : 'Of no one order')
    lines.push(...all.map(({ invariant, text }) => `  invariant ${invariant}: ${text}`))
    const hasRoom = [...about.keys()].indexOf(orderId) < MAX_HISTORIES
    if (orderId && hasRoom) lines.push(...(await historyOf(databases, orderId)).map((line) => `    ${line}`))
  }
  const again = `npm run chaos -- --seed ${seed} --minutes ${lengthMs / 60_000} --instances ${instances} --shoppers ${shoppers} --every ${everyMs}`
  return [
    ...lines,
    '',
    `seed ${seed}: ${plan.length} faults, ${facts.orders.length} orders: ${counts.join(', ')}`,
    `mutations: ${[...ends].map(([how, count]) => `${count} ${how}`).join(', ')}`,
    `messages published again: ${twice.byFaults} by faults, ${twice.byRelays} by relays`,
    `at rest ${(restMs / 1_000).toFixed(1)} s after the last fault`,
    `${violations.length} violations`,
    ...(violations.length > 0 ? [`the same again: ${again}`] : []),
  ]
}
