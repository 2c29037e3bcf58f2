import { newId } from '@argyle/kit/ids'
import { describe, expect, test, vi } from 'vitest'
import { type Gateway, GatewayUnavailable, type SnapshotStatus, snapshotOf } from '../gateway/gateway.ts'
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

describe('a call', () => {
  const AMOUNT = { minor: 4_200n, currency: 'JPY' }
  const call = {
    ...{ id: 'gwc_1', paymentId: 'pay_1', attempts: 3, dueAt: now, amountMinor: 4_200n },
    ...{ orderId: 'ord_1', orderNumber: 'A-1', gatewayRef: 'pi_1', methodRef: 'src_1', isTimeout: false },
    ...{ refundId: 'rfd_1', refundMinor: 1_200n, refundReason: 'Late.', refundReplaces: ['gwc_0'] },
    ...{ correlationId: 'cor_1', causationId: null, traceparent: null },
    currency: 'JPY',
  } as const

  /** Makes a call. @returns what the gateway was asked */
  async function asked(but: Partial<ClaimedCall>, status: SnapshotStatus = 'AUTHORIZED') {
    const all: unknown[] = []
    const answer = (name: string) => async (given: unknown) => {
      all.push([name, given])
      return snapshotOf(status)
    }
    const names = ['authorize', 'fetch', 'capture', 'void', 'refund']
    // A gateway whose every answer is this snapshot.
    const gateway = Object.fromEntries(names.map((name) => [name, answer(name)])) as unknown as Gateway
    await makeCall(gateway, { ...call, kind: 'FETCH', ...but })
    return all
  }
  const known = { key: 'gwc_1', attempt: 3, ref: 'pi_1' }

  test('authorizes a payment that the gateway does not have, and reads one that it has', async () => {
    const order = { methodRef: 'src_1', amount: AMOUNT, orderId: 'ord_1', orderNumber: 'A-1' }
    expect(await asked({ kind: 'AUTHORIZE', gatewayRef: null })).toEqual([
      ['authorize', { key: 'gwc_1', attempt: 3, ...order }],
    ])
    expect(await asked({ kind: 'AUTHORIZE' })).toEqual([['fetch', 'pi_1']])
  })

  test.each(['FETCH', 'CAPTURE', 'VOID', 'REFUND'] as const)(
    'of the kind %s waits for a payment that the gateway does not have',
    async (kind) => {
      const made = asked({ kind, gatewayRef: null })
      await expect(made).rejects.toThrow(GatewayUnavailable)
      await expect(made).rejects.toThrow(`there is no payment to ${kind} yet`)
    },
  )

  test('refunds its own amount, and names the refunds that it replaces', async () => {
    const refund = { amount: { ...AMOUNT, minor: 1_200n }, reason: 'Late.', replaces: ['gwc_0'] }
    expect(await asked({ kind: 'REFUND' })).toEqual([['refund', { ...known, ...refund }]])
  })

  test('ends an authentication that is out of time only if the customer has not decided', async () => {
    const out = { kind: 'VOID', isTimeout: true } as const
    const read = ['fetch', 'pi_1']
    expect(await asked(out, 'REQUIRES_ACTION')).toEqual([read, ['void', { ...known, amount: AMOUNT }]])
    expect(await asked(out, 'AUTHORIZED')).toEqual([read])
    expect(await asked({ kind: 'VOID' }, 'AUTHORIZED')).toEqual([
      read,
      ['void', { ...known, amount: AMOUNT }],
    ])
  })
})
