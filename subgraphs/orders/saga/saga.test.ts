import { describe, expect, test } from 'vitest'
import { requestCancel } from './cancel.ts'
import { decide } from './decide.ts'
import { commandOf, dueAt, messagesOf, type SagaOrder } from './effects.ts'
import { evolve } from './evolve.ts'
import { placed, type Saga, type SagaInput } from './saga.ts'

const order: SagaOrder = {
  id: 'ord_1',
  number: 'A-7K2M-9QX3',
  customerId: 'usr_1',
  lines: [{ variantId: 'var_1', quantity: 2 }],
}

/** A saga after these inputs, with the types of all messages that went out on the way. */
function after(...inputs: SagaInput[]): { saga: Saga; sent: string[] } {
  let saga = placed
  const sent = commandOf(order, saga).map(({ type }) => type)
  for (const event of inputs.map((input) => () => decide(saga, input)).flatMap((next) => step(next()))) {
    sent.push(...event)
  }
  return { saga, sent }

  function step(events: ReturnType<typeof decide>): string[][] {
    return events.map((event) => {
      saga = evolve(saga, event)
      return messagesOf(order, saga, event).map(({ type }) => type)
    })
  }
}

const reserved: SagaInput = { type: 'StockReserved', reservationId: 'res_1' }
const rejected: SagaInput = { type: 'StockRejected', shortages: [] }
const committed: SagaInput = { type: 'StockCommitted' }
const released: SagaInput = { type: 'StockReleased' }
const expired: SagaInput = { type: 'ReservationExpired' }
const cancel: SagaInput = { type: 'CancelRequested', actor: 'customer', reason: 'CUSTOMER_REQUEST' }
const timedOut: SagaInput = { type: 'TimedOut' }

describe('an order', () => {
  test('whose stock is reserved and committed is confirmed', () => {
    const { saga, sent } = after(reserved, committed)
    expect(saga).toEqual({ stage: { status: 'CONFIRMED', step: 'DONE' }, version: 2, attempts: 1 })
    expect(sent).toEqual(['inventory.reserve', 'inventory.commit', 'orders.order.confirmed'])
  })

  test('whose stock is rejected is cancelled for want of stock', () => {
    const { saga, sent } = after(rejected)
    expect(saga.stage).toEqual({ status: 'CANCELLED', step: 'DONE', cancelReason: 'OUT_OF_STOCK' })
    expect(sent).toEqual(['inventory.reserve', 'orders.order.cancelled'])
  })

  test('cancelled before the pivot gives its stock back first', () => {
    const { saga, sent } = after(cancel, reserved, released)
    expect(saga.stage).toEqual({ status: 'CANCELLED', step: 'DONE', cancelReason: 'CUSTOMER_REQUEST' })
    expect(saga.version).toBe(3)
    expect(sent).toEqual(['inventory.reserve', 'inventory.release', 'orders.order.cancelled'])
  })

  test('whose hold ran out is cancelled, before and after the pivot', () => {
    expect(after(expired).saga.stage.status).toBe('CANCELLED')
    expect(after(reserved, expired).saga.stage.status).toBe('CANCELLED')
  })

  test('gives back stock that is held for it after it was cancelled', () => {
    const { saga, sent } = after(rejected, reserved)
    expect(saga.stage.status).toBe('CANCELLED')
    expect(sent.at(-1)).toBe('inventory.release')
  })

  test('that is settled is left alone by every message that comes late', () => {
    const confirmed = after(reserved, committed)
    const late = after(
      reserved,
      committed,
      reserved,
      rejected,
      committed,
      released,
      expired,
      cancel,
      timedOut,
    )
    expect(late).toEqual(confirmed)
  })
})

describe('a step without an answer', () => {
  test.each([
    ['reserving', [], 'inventory.reserve'],
    ['committing', [reserved], 'inventory.commit'],
    ['releasing', [cancel], 'inventory.release'],
  ] as const)('%s sends its command again', (_, inputs, command) => {
    const { saga, sent } = after(...inputs, timedOut, timedOut)
    expect(sent.slice(-2)).toEqual([command, command])
    expect(saga.attempts).toBe(3)
  })

  test('waits 30 s at first, then ever longer, up to five minutes', () => {
    const now = new Date('2026-11-21T09:00:00Z')
    const waits = [1, 2, 3, 4, 5, 40].map((attempts) => dueAt({ ...placed, attempts }, now))
    expect(waits.map((at) => (Number(at) - Number(now)) / 1_000)).toEqual([30, 60, 120, 240, 300, 300])
    expect(dueAt(after(rejected).saga, now)).toBeNull()
  })
})

describe('a wish to cancel', () => {
  test('is taken while the stock is being reserved', () => {
    expect(requestCancel(placed, { actor: 'customer', expectedVersion: 1 })).toEqual({
      ok: true,
      value: cancel,
    })
  })

  test('of a version that is not the current one is a conflict', () => {
    const decision = requestCancel(placed, { actor: 'customer', expectedVersion: 7 })
    expect(decision).toMatchObject({
      ok: false,
      errors: [{ __typename: 'VersionConflictError', currentVersion: 1 }],
    })
  })

  test.each([
    ['past the pivot', [reserved], 'PENDING'],
    ['confirmed', [reserved, committed], 'CONFIRMED'],
    ['being cancelled', [cancel], 'CANCELLING'],
    ['cancelled', [rejected], 'CANCELLED'],
  ] as const)('of an order %s is refused with its status', (_, inputs, status) => {
    const decision = requestCancel(after(...inputs).saga, { actor: 'customer', expectedVersion: 1 })
    expect(decision).toMatchObject({ ok: false, errors: [{ __typename: 'NotCancellableError', status }] })
  })
})
