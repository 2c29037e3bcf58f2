import { money } from '@argyle/kit/money'
import { expect, test } from 'vitest'
import type { Order, OrderLine } from '../generated/prisma/client.ts'
import { addressOf, amountsOfLine, amountsOfOrder, consignmentOf } from './order-shape.ts'

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

/** The results of resolvers for one parent. */
const shown = <Parent>(resolvers: Record<string, (parent: Parent) => unknown>, parent: Parent) =>
  Object.fromEntries(Object.entries(resolvers).map(([field, resolve]) => [field, resolve(parent)]))

test('the amounts of an order are those of its columns, in its currency', () => {
  const columns = {
    ...{ currency: 'EUR', subtotalMinor: 1n, discountMinor: 2n, shippingMinor: 3n, taxMinor: 4n },
    ...{ includedTaxMinor: 5n, refundedMinor: 6n, totalMinor: 7n },
  } as Order
  expect(shown(amountsOfOrder, columns)).toEqual({
    subtotal: money(1n, 'EUR'),
    discountTotal: money(2n, 'EUR'),
    shippingTotal: money(3n, 'EUR'),
    taxTotal: money(4n, 'EUR'),
    includedTaxTotal: money(5n, 'EUR'),
    refundedTotal: money(6n, 'EUR'),
    grandTotal: money(7n, 'EUR'),
  })
})

test('the amounts of a line are those of its columns, in the currency of its order', () => {
  const columns = {
    unitMinor: 10n,
    quantity: 3,
    discountMinor: 2n,
    taxPpm: 88_750,
    taxMinor: 4n,
    includedTaxMinor: 5n,
  }
  expect(shown(amountsOfLine, { ...(columns as OrderLine), currency: 'JPY' })).toEqual({
    unitPrice: money(10n, 'JPY'),
    lineTotal: money(30n, 'JPY'),
    discount: money(2n, 'JPY'),
    taxRate: '8.875',
    tax: money(4n, 'JPY'),
    includedTax: money(5n, 'JPY'),
  })
})

test('the address of an order is that of its columns', () => {
  const address = {
    ...{ recipient: 'Ada', line1: '1 Loom Lane', line2: 'Flat 3', city: 'Leeds', region: 'Yorkshire' },
    ...{ postalCode: 'LS1 4AP', countryCode: 'GB' },
  }
  const columns = Object.fromEntries(
    Object.entries(address).map(([field, value]) => [
      `ship${field[0]?.toUpperCase()}${field.slice(1)}`,
      value,
    ]),
  )
  // The function reads these columns alone.
  expect(addressOf(columns as unknown as Order)).toEqual(address)
})
