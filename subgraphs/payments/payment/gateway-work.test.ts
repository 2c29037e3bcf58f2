import { newId } from '@argyle/kit/ids'

import { recordedLog } from '@argyle/kit/testing/recorded-log'
import { currentTrace } from '@argyle/kit/trace'
import { expect, test, vi } from 'vitest'
import type { Gateway } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Terms } from './advance.ts'
import type { ClaimedCall } from './gateway-calls.ts'
import { CALLS_AT_ONCE, gatewayWork } from './gateway-work.ts'

const now = new Date('2026-11-28T09:00:00Z')

function aCall(): ClaimedCall {
  const of = { id: newId('gwc'), paymentId: newId('pay'), orderId: newId('ord'), orderNumber: 'A-1' }
  const amount = { currency: 'USD', amountMinor: 4200n } as const
  const refund = {
    refundId: null,
    refundMinor: null,
    refundReason: null,
    refundReplaces: [],
    isTimeout: false,
  }
  const trace = { correlationId: newId('cor'), causationId: null, traceparent: null }
  const claim = { kind: 'AUTHORIZE', attempts: 1, dueAt: now } as const
  return { ...of, ...amount, ...refund, ...trace, ...claim, gatewayRef: null, methodRef: 'src_1' }
}

/** A worker whose gateway answers when the test allows it, on a database that saves nothing. */
function aWorker() {
  const answered = Promise.withResolvers<never>()
  const gateway = { name: 'sandbox', authorize: vi.fn(() => answered.promise) }
  const prisma = {
    $transaction: vi.fn(async () => {}),
    $queryRaw: vi.fn(async () => []),
    $executeRaw: vi.fn(async (..._statement: unknown[]) => 1),
  }
  const { log, lines } = recordedLog()
  const work = gatewayWork({
    // The parts that this test reaches.
    prisma: prisma as unknown as PrismaClient,
    gateway: gateway as unknown as Gateway,
    terms: { clock: () => now } as Terms,
    log,
  })
  return { work, gateway, prisma, lines, answer: () => answered.reject(new Error('no response')) }
}

test('there is room for 16 calls, and again when they have ended', async () => {
  const { work, gateway, answer } = aWorker()
  for (let count = 0; count < CALLS_AT_ONCE; count++) {
    expect(work.hasRoom()).toBe(true)
    work.begin(aCall())
  }
  expect(work.hasRoom()).toBe(false)
  expect(gateway.authorize).toHaveBeenCalledTimes(16)
  answer()
  await work.idle()
  expect(work.hasRoom()).toBe(true)
})

test('after a stop there is no room, and a call that was committed before is due for others at once', async () => {
  const { work, gateway, prisma } = aWorker()
  await work.stop()
  expect(work.hasRoom()).toBe(false)
  const call = aCall()
  work.begin(call)
  expect(gateway.authorize).not.toHaveBeenCalled()
  const values = [new Date(now.getTime() + 500), 'the process stops', call.id, call.dueAt]
  expect(prisma.$executeRaw.mock.calls.map(([, ...given]) => given)).toEqual([values])
})

test('a stop waits for the calls under way', async () => {
  const { work, answer } = aWorker()
  work.begin(aCall())
  let isStopped = false
  const stopped = work.stop().then(() => {
    isStopped = true
  })
  await new Promise(setImmediate)
  expect(isStopped).toBe(false)
  answer()
  await stopped
})

test('a call is made, and its result saved, in the trace of the request that caused it', async () => {
  const { work, gateway, answer } = aWorker()
  const trace = { correlationId: 'cor_1', causationId: 'evt_1', traceparent: '00-1-2-01' }
  const seen: unknown[] = []
  const { authorize } = gateway
  gateway.authorize = vi.fn(() => {
    seen.push(currentTrace())
    return authorize()
  })
  work.begin({ ...aCall(), ...trace })
  answer()
  await work.idle()
  expect(seen).toEqual([expect.objectContaining(trace)])
})

test('calls that become due while others are claimed are claimed too', async () => {
  const { work, prisma } = aWorker()
  const [first, second] = [Promise.withResolvers<never[]>(), Promise.withResolvers<void>()]
  prisma.$queryRaw.mockReturnValueOnce(first.promise).mockImplementationOnce(async () => {
    second.resolve()
    return []
  })
  work.nudge()
  work.nudge()
  expect(prisma.$queryRaw).toHaveBeenCalledTimes(1)
  first.resolve([])
  await second.promise
})

test('whoever waits for the calls about an order waits for no other, and for a gateway that does not answer not for ever', async () => {
  const { work, answer } = aWorker()
  const call = aCall()
  work.begin(call)
  await work.settled(newId('ord'))
  // The gateway has not answered, and does so after this.
  await work.settled(call.orderId)
  answer()
  await work.idle()
})

test('what fails about a call is logged with its id, and no failure ends the work', async () => {
  const { work, prisma, lines, answer } = aWorker()
  const away = new Error('no database')
  for (const statement of [prisma.$transaction, prisma.$queryRaw, prisma.$executeRaw])
    statement.mockRejectedValueOnce(away)
  const { id: call, ...about } = aCall()
  work.begin({ id: call, ...about })
  answer()
  await work.idle()
  const err = expect.objectContaining({ message: 'no database' })
  const { kind, orderId, attempts } = about
  const unknown = { call, kind, orderId, attempts, reason: 'no response' }
  const expected = [
    { level: 'warn', msg: 'the outcome of a call to the gateway is unknown', ...unknown },
    { level: 'error', msg: 'the result of a call to the gateway was not saved', call, err },
    { level: 'warn', msg: 'the lease of a call to the gateway was not shortened', call, err },
    { level: 'error', msg: 'claiming calls to the gateway failed', err },
  ]
  expect(lines).toHaveLength(expected.length)
  expect(lines).toEqual(expect.arrayContaining(expected))
  await work.idle()
  expect(lines).toHaveLength(expected.length)
})
