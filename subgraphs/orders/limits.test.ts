import { readFileSync } from 'node:fs'
import type { Allowance } from '@argyle/kit/throttle'
import { expect, test } from 'vitest'
import { CARTS_PER_ADDRESS } from './cart/cart-store.ts'
import { PER_ADDRESS, PER_SHOPPER, throttleCode } from './coupon/coupon-guesses.ts'
import {
  GUESTS_PER_ADDRESS,
  PER_NUMBER,
  PLACED_PER_ADDRESS,
  UNPAID_PER_ADDRESS,
} from './guest/guest-store.ts'
import { AT_ONCE, MAX_PER_INVOICE, MAX_WAITING } from './invoice/invoice-route.ts'
import { MAX_ASSIGNMENTS } from './tax/tax-store.ts'

const [README = '', SCHEMA = ''] = ['README.md', 'schema.graphql'].map((file) =>
  readFileSync(new URL(file, import.meta.url), 'utf8').replaceAll(/\s+/g, ' '),
)

/** The pace of an allowance in the words of the README. */
const pace = ({ everyMs }: Allowance) => (everyMs === 60_000 ? 'one a minute' : `one in ${everyMs / 1_000} s`)

test.each([
  [PER_NUMBER, ' at once per number, then '],
  [GUESTS_PER_ADDRESS, ' at once per address, then '],
  [UNPAID_PER_ADDRESS, ' orders without a payment method at once, then '],
  [PLACED_PER_ADDRESS, ' orders with a payment method, then '],
  [CARTS_PER_ADDRESS, ' carts, then '],
  [PER_SHOPPER, ' at once per customer or guest cart, then '],
  [PER_ADDRESS, ' at once per address, then '],
])('the allowance %o is the one that the README promises:%s', (allowance, words) => {
  expect(README).toContain(`${allowance.burst}${words}${pace(allowance)}`)
})

test('invoices and tax assignments have the limits that the README and the schema promise', () => {
  expect(README).toContain(`A process renders one at a time, and ${MAX_WAITING} requests wait`)
  expect([AT_ONCE, MAX_PER_INVOICE]).toEqual([1, 2])
  expect(SCHEMA).toContain(`have another than STANDARD; at most ${MAX_ASSIGNMENTS}.`)
})

test.each(['usr_1', null])(
  'a code of the shopper %s counts for the address first, then for the account or else the cart',
  async (shopper) => {
    const keys: string[] = []
    const throttle = {
      take: async (key: string) => void keys.push(key),
      giveBack: async () => {},
      clear: async () => {},
      forget: async () => {},
    }
    const keysOf = async (cartId: string) => {
      keys.length = 0
      await throttleCode(throttle, { shopper, cartId, clientAddress: '203.0.113.1' }, async () => {
        return { ok: true, value: null }
      })
      return [...keys]
    }
    const [first, second] = [await keysOf('crt_1'), await keysOf('crt_2')]
    expect(first).toHaveLength(2)
    expect([first[0], second[0]]).toEqual(['coupon:203.0.113.1', 'coupon:203.0.113.1'])
    expect(first[1] === second[1]).toBe(shopper !== null)
  },
)
