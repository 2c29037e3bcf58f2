import { expect, test } from 'vitest'
import type { Order, OrderLine } from '../generated/prisma/client.ts'
import { consignmentOf } from './order-shape.ts'

// The function reads these columns alone.
const ORDER = {
  ...{ cartId: 'crt_1', currency: 'USD', shipCountryCode: 'NO', shipPostalCode: '5003' },
} as Order
const line = (quantity: number, weightGrams: number | null) => ({ quantity, weightGrams }) as OrderLine
const WHOLE = { cartId: 'crt_1', currencyCode: 'USD', countryCode: 'NO', postalCode: '5003' }

test.each([
  [[line(2, 60), line(3, 100)], 420],
  [[line(1, 2_147_483_647)], 2_147_483_647],
  [[line(1, 2_147_483_647), line(1, 1)], null],
  [[line(1, 60), line(1, null)], null],
])('a consignment has the weight of its lines, if that is known and an Int %#', (lines, grams) => {
  expect(consignmentOf(ORDER, lines)).toEqual(grams === null ? null : { ...WHOLE, grams })
})
