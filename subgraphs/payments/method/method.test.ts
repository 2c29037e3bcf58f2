import { describe, expect, test } from 'vitest'
import type { GatewayMethod } from '../gateway/gateway.ts'
import { addMethod, labelOf, MAX_METHODS } from './method.ts'

const card: GatewayMethod = {
  kind: 'CARD',
  ref: 'src_1',
  brand: 'Visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
}
const now = new Date('2026-11-28T09:00:00.000Z')

function added(
  attached: GatewayMethod,
  {
    customerId = 'usr_1',
    kept = 1,
    makeDefault = false,
  }: Partial<Parameters<typeof addMethod>[2]> & { customerId?: string | null } = {},
) {
  const decision = addMethod({ id: 'pmt_1', customerId, gateway: 'sandbox' }, attached, {
    kept,
    makeDefault,
    now,
  })
  if (!decision.ok) throw new Error(decision.errors.map(({ message }) => message).join())
  return decision.value
}

/** The columns of a customer's second method that do not depend on its kind. */
const KEPT = {
  ...{ id: 'pmt_1', customerId: 'usr_1', gateway: 'sandbox', isDefault: false, createdAt: now },
  ...{ removedAt: null, detachedAt: null, detachDueAt: null, orderId: null, payerId: null },
}

test('a card keeps what its owner needs to tell it apart', () => {
  const method = added(card)
  expect(method).toStrictEqual({
    ...{ ...KEPT, kind: 'CARD', gatewayRef: 'src_1', provider: null, account: null },
    ...{ brand: 'Visa', last4: '4242', expMonth: 12, expYear: 2030 },
  })
  expect(labelOf(method)).toBe('Visa •••• 4242')
})

test.each([
  ['ada@wallet.example', 'a…@wallet.example'],
  ['a@wallet.example', 'a…@wallet.example'],
  ['adalovelace', 'ad…'],
])('of the wallet account %s only %s is kept', (account, masked) => {
  const method = added({ kind: 'WALLET', ref: 'src_2', provider: 'Pay', account })
  expect(method).toStrictEqual({
    ...{ ...KEPT, kind: 'WALLET', gatewayRef: 'src_2', provider: 'Pay', account: masked },
    ...{ brand: null, last4: null, expMonth: null, expYear: null },
  })
  expect(labelOf(method)).toBe(`Pay ${masked}`)
})

describe('the default', () => {
  test.each([
    ['the first of a customer is', { kept: 0 }, true],
    ['a later one is not', { kept: 1 }, false],
    ['a later one is when asked for', { kept: 1, makeDefault: true }, true],
    ['a guest has none', { customerId: null, kept: 0, makeDefault: true }, false],
  ])('%s', (_, given, isDefault) => {
    expect(added(card, given).isDefault).toBe(isDefault)
  })
})

test(`a customer keeps ${MAX_METHODS}`, () => {
  expect(added(card, { kept: MAX_METHODS - 1 }).id).toBe('pmt_1')
  const decision = addMethod({ id: 'pmt_1', customerId: 'usr_1', gateway: 'sandbox' }, card, {
    kept: MAX_METHODS,
    makeDefault: false,
    now,
  })
  expect(decision).toMatchObject({
    ok: false,
    errors: [{ message: 'you have 20 payment methods: allowed are 20; remove one first' }],
  })
})
