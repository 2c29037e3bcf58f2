import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ownProcess, programEnvironment } from '@argyle/kit/testing/own-process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

// One for each test: the crashing process uses the real clock, so it would wait for work that an earlier test
// made due by an advanced clock.
let post: ShippingWithCarrier
let child: ChildProcess | null = null
beforeEach(async () => {
  post = await openShippingWithCarrier()
})
afterEach(async () => {
  // The process did not crash if a test failed or timed out.
  child?.kill('SIGKILL')
  await post.close()
})

/** Longer than the lease of a claimed shipment. */
const LEASE_SECONDS = 31

/** Runs shipping in a process of its own on the test's database, until it crashes at the failpoint. */
async function dieAt(failpoint: string): Promise<NodeJS.Signals | null> {
  const env = {
    ...post.settings,
    ...programEnvironment(),
    PORT: '0',
    DATABASE_URL: post.databaseUrl,
    INTERNAL_TOKEN_KEY: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    FAILPOINTS: failpoint,
  }
  child = ownProcess(fileURLToPath(new URL('main.ts', import.meta.url)), { env, stdout: 'inherit' })
  const [, signal] = await once(child, 'exit')
  return signal
}

const labelsOf = (id = '') =>
  post.world.sql('SELECT id, voided_at IS NULL AS open FROM label WHERE reference = $1', id)

test('killed when the carrier has made a label and shipping has not noted it, the next one finds the same label', {
  timeout: 240_000,
}, async () => {
  const { orderId } = await post.anOrder()
  expect(await dieAt('carrier.label.answered')).toBe('SIGKILL')
  const [asked] = await post.shipmentsOf(orderId)
  expect(asked).toMatchObject({ status: 'PENDING', label: 'ASKED', labelId: null })
  expect(await labelsOf(asked?.id)).toHaveLength(1)
  // During the lease of the crashed process, no other process calls the carrier.
  await post.courier.go()
  expect(await post.shipmentsOf(orderId)).toMatchObject([{ label: 'ASKED' }])
  post.pass(LEASE_SECONDS)
  await post.courier.go()
  const [made] = await post.shipmentsOf(orderId)
  expect(made).toMatchObject({ status: 'LABEL_CREATED', label: 'MADE' })
  expect(await labelsOf(asked?.id)).toEqual([{ id: made?.labelId, open: true }])
})

test('killed when the carrier has taken a label back and shipping has not noted it, the cancellation is completed', {
  timeout: 240_000,
}, async () => {
  const { orderId } = await post.anOrder()
  await post.courier.go()
  await post.deliver('shipping.cancel', { orderId })
  expect(await dieAt('carrier.void.answered')).toBe('SIGKILL')
  const [before] = await post.shipmentsOf(orderId)
  expect(before).toMatchObject({ status: 'LABEL_CREATED', label: 'MADE' })
  expect(await labelsOf(before?.id)).toMatchObject([{ open: false }])
  post.pass(LEASE_SECONDS)
  await post.courier.go()
  expect(await post.shipmentsOf(orderId)).toMatchObject([{ status: 'CANCELLED' }])
  expect((await post.publishedAbout(orderId)).map(({ type }) => type)).toEqual(['shipping.order.cancelled'])
})
