import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkInvariants } from './invariants/check.ts'
import { type Outcome, runChaos } from './run.ts'
import { openWorld, type World } from './world.ts'

/** Bounds only a run that hangs. */
const LIMIT_MS = 600_000

const SEED = 3

/** A short run with one instance of each subgraph; `npm run chaos` makes long ones. Nothing here depends on how fast the machine is. */
describe.runIf(environment().ARGYLE_TEST_SERVICES === '1')('a shop that is broken for some seconds', () => {
  const said: string[] = []
  let dataDir: string
  let world: World
  let outcome: Outcome
  const since = new Date()

  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-chaos-'))
    const onProgress = (line: string) => void said.push(line)
    world = await openWorld({ dataDir, instances: 1, onProgress })
    const { signal } = new AbortController()
    const length = { lengthMs: 8_000, everyMs: 800, shoppers: 6, isHasty: true }
    outcome = await runChaos(world, { seed: SEED, ...length, onProgress, signal })
  }, LIMIT_MS)
  afterAll(async () => {
    await world?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }, LIMIT_MS)

  test('comes to rest with every invariant satisfied', () => {
    expect(outcome.violations, said.join('\n')).toEqual([])
    expect(outcome.plan.length).toBeGreaterThan(0)
    expect(outcome.facts.orders.length).toBeGreaterThan(0)
  })

  test('and violations that are inserted are found', async () => {
    const { rows } = world.databases
    const [order] = outcome.facts.orders
    const id = order?.id
    await rows('orders', 'UPDATE order_line SET discount_minor = discount_minor + 1 WHERE order_id = $1', [
      id,
    ])
    await rows(
      'orders',
      'UPDATE order_status_change SET version = version + 10 WHERE order_id = $1 AND version > 1',
      [id],
    )
    await rows('sandbox_gateway', `UPDATE entry SET amount_minor = amount_minor + 1`)
    await rows(
      'inventory',
      `INSERT INTO stock_movement (stock_level_id, kind, on_hand_delta, reserved_delta, on_hand, reserved, order_id, at)
       SELECT stock_level_id, kind, on_hand_delta, reserved_delta, on_hand, reserved, order_id, at FROM stock_movement
        WHERE order_id IS NOT NULL AND kind = 'RESERVED' LIMIT 1`,
    )
    await rows(
      'payments',
      `INSERT INTO dead_letter (consumer, event_id, envelope, error) VALUES ('payments', 'evt_x', '{"type": "x"}', 'no')`,
    )
    const { violations } = await checkInvariants(world.databases, { since, intents: [] })
    const kinds = new Set(violations.map(({ invariant, text }) => `${invariant} ${text.split(/[:0-9]/)[0]}`))
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        '1 the stock level does not add up',
        '5 stock moved twice',
        '5 payments gave up on x',
        '4 the total is not the sum of its parts',
        '8 version ',
      ]),
    )
    expect(violations.some(({ invariant }) => invariant === 7)).toBe(true)
  })
})
