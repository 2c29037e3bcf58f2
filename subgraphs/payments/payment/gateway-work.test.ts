import { newId } from '@argyle/kit/ids'
import { pino } from 'pino'
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
  const refund = { refundId: null, refundMinor: null, refundReason: null, refundReplaces: [] }
  const trace = { correlationId: newId('cor'), causationId: null, traceparent: null }
  const claim = { kind: 'AUTHORIZE', attempts: 1, dueAt: now } as const
  return { ...of, ...amount, ...refund, ...trace, ...claim, gatewayRef: null, methodRef: 'src_1' }
}

/** A worker whose gateway answers when it is told to, on a database that saves nothing. */
function aWorker() {
  const answered = Promise.withResolvers<never>()
  const gateway = { name: 'sandbox', authorize: vi.fn(() => answered.promise) }
  const prisma = {
    $transaction: vi.fn(async () => {}),
    $queryRaw: vi.fn(async () => []),
    $executeRaw: vi.fn(async () => 1),
  }
  const work = gatewayWork({
    // The parts that this test reaches.
    prisma: prisma as unknown as PrismaClient,
    gateway: gateway as unknown as Gateway,
    terms: { clock: () => now } as Terms,
    log: pino({ level: 'silent' }),
  })
  return { work, gateway, prisma, answer: () => answered.reject(new Error('no response')) }
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
  work.begin(aCall())
  expect(gateway.authorize).not.toHaveBeenCalled()
  expect(prisma.$executeRaw).toHaveBeenCalledTimes(1)
})
