import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { newId } from '@argyle/kit/ids'
import { ownProcess, programEnvironment } from '@argyle/kit/testing/own-process'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
let child: ChildProcess | null = null

beforeAll(async () => {
  shop = await openPayments()
  // The processes started by this test make the calls.
  await shop.resources.work.stop()
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await shop.close()
})

/** Runs payments in a process of its own on the database of this test. */
function start(FAILPOINTS: string): ChildProcess {
  const env = {
    ...programEnvironment(),
    PORT: '0',
    DATABASE_URL: shop.databaseUrl,
    INTERNAL_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64url'),
    LOG_LEVEL: 'silent',
    FAILPOINTS,
    ...shop.sandbox.settings,
  }
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  child = ownProcess(main, { env, stdout: 'ignore' })
  return child
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 900; round++) {
    if (await holds()) return
    await pause(100)
  }
  throw new Error('it did not come about in 90 s')
}

test.each([
  ['payments.call-claimed', []],
  ['payments.gateway-answered', ['AUTHORIZE']],
])(
  'killed at %s, the order is charged once and its event is published once',
  async (point, before) => {
    const { orderId } = await shop.authorized(customer(newId('usr')))
    const entries = async () =>
      (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId).map(({ kind }) => kind)
    const [, signal] = await once(start(point), 'exit')
    expect(signal).toBe('SIGKILL')
    expect(await entries()).toEqual(before)
    expect(await shop.row(orderId)).toMatchObject({ status: 'PROCESSING', gatewayRef: null })
    // After the lease of the process that crashed.
    await shop.sql(`UPDATE gateway_call SET due_at = now() - interval '1 second' WHERE done_at IS NULL`)
    const healed = start('')
    await until(async () => (await shop.row(orderId)).status === 'AUTHORIZED')
    healed.kill('SIGTERM')
    await once(healed, 'exit')
    expect(await entries()).toEqual(['AUTHORIZE'])
    expect((await shop.publishedAbout(orderId)).map(({ type }) => type)).toEqual(['payment.authorized'])
  },
  240_000,
)
