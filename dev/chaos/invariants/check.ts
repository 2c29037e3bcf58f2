import { SUBGRAPH_NAMES } from '../../shop/subgraphs/subgraphs.ts'
import type { Databases } from '../databases.ts'
import type { Intent } from '../intents.ts'
import { endStateViolations } from './end-states.ts'
import { historyViolations } from './history.ts'
import { moneyViolations } from './money.ts'
import { type Facts, readFacts } from './order-facts.ts'
import { returnViolations } from './returns.ts'
import { stockViolations } from './stock.ts'
import { type Violation, violation } from './violation.ts'

/** Compares the databases of all owners, the gateway's ledger and the carrier's state with one another. */
export async function checkInvariants(
  databases: Databases,
  { since, intents }: { since: Date; intents: readonly Intent[] },
): Promise<{ readonly facts: Facts; readonly violations: readonly Violation[] }> {
  const facts = await readFacts(databases, since)
  const found = await Promise.all([
    stockViolations(databases),
    endStateViolations(facts),
    moneyViolations(databases, facts, since),
    intentViolations(databases, facts, intents),
    deadLetterViolations(databases),
    historyViolations(databases, facts, since),
    returnViolations(facts),
  ])
  return { facts, violations: found.flat() }
}

const KEYS = `
SELECT key FROM idempotency_record WHERE mutation IN ('placeOrder', 'placeGuestOrder')`

/** Invariant 5: an idempotency key has at most one order, and every order was requested. */
async function intentViolations(
  { rows }: Databases,
  { orders }: Facts,
  intents: readonly Intent[],
): Promise<Violation[]> {
  const keys = new Set((await rows<{ key: string }>('orders', KEYS)).map(({ key }) => key))
  const asked = intents.filter(({ mutation }) => mutation === 'placeOrder' || mutation === 'placeGuestOrder')
  const twice = asked.filter(({ orderIds }) => orderIds.size > 1)
  const confirmed = new Set(asked.flatMap(({ orderIds }) => [...orderIds]))
  const ids = new Set(orders.map(({ id }) => id))
  // An order whose answer was lost is known only by its key.
  const carried = asked.filter(({ key, orderIds }) => orderIds.size > 0 || keys.has(key)).length
  return [
    ...twice.map(({ key, orderIds }) =>
      violation(5, [...orderIds][0], `the key ${key} made ${[...orderIds].join(', ')}`),
    ),
    ...[...confirmed]
      .filter((id) => !ids.has(id))
      .map((id) => violation(5, id, 'an order that was answered does not exist')),
    ...(orders.length > carried
      ? [violation(5, null, `there are ${orders.length} orders for ${carried} idempotency keys`)]
      : []),
  ]
}

const DEAD = `SELECT consumer, event_id, envelope->>'type' AS type, envelope->>'subject' AS subject, error FROM dead_letter`

/** Invariant 5: every message has its effect; a dead letter has none. */
async function deadLetterViolations({ rows }: Databases): Promise<Violation[]> {
  const found = await Promise.all(SUBGRAPH_NAMES.map((name) => rows(name, DEAD)))
  return found
    .flat()
    .map((row) =>
      violation(5, row.subject, `${row.consumer} gave up on ${row.type}: ${String(row.error).slice(0, 300)}`),
    )
}
