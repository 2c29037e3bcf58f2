import { newId } from '@argyle/kit/ids'
import { expect, test, vi } from 'vitest'
import { type Gateway, snapshotOf } from '../gateway/gateway.ts'
import type { ClaimedCall } from './gateway-calls.ts'
import { makeCall } from './make-call.ts'

const now = new Date('2026-11-28T09:00:00Z')

test.each([
  ['CAPTURE', 'CAPTURED', 'capture'],
  ['VOID', 'VOIDED', 'void'],
  ['VOID', 'DECLINED', 'void'],
] as const)('a repeated %s looks first whether it took effect', async (kind, status, method) => {
  const fetched = snapshotOf(status, { ref: 'pi_1' })
  const gateway = { fetch: vi.fn(async () => fetched), capture: vi.fn(), void: vi.fn() }
  const attempt = (attempts: number) => {
    const call = { id: newId('gwc'), kind, attempts, gatewayRef: 'pi_1', amountMinor: 4200n, currency: 'USD' }
    // The parts that such a call reads.
    return makeCall(gateway as unknown as Gateway, { ...call, dueAt: now } as unknown as ClaimedCall)
  }
  expect(await attempt(2)).toMatchObject({ changed: { snapshot: { status }, refusal: null } })
  expect(gateway[method]).not.toHaveBeenCalled()
  await attempt(1)
  expect([gateway.fetch.mock.calls.length, gateway[method].mock.calls.length]).toEqual([1, 1])
})
