import { newId } from '@argyle/kit/ids'
import { expect } from 'vitest'
import type { Shop, TestBuyer } from './open-orders.ts'

/** The address of `taxedOrder`, with a value in each field. */
export const FULL_ADDRESS = {
  recipient: 'Ada Lund',
  line1: '1 Mill Lane',
  line2: 'Flat 2',
  city: 'Bergen',
  region: 'Vestland',
  postalCode: '5003',
  countryCode: 'NO',
}

/** Adds tax of 25 % in NO, and a coupon of 10 %. */
export async function openTaxes({ prisma, coupon }: Shop): Promise<void> {
  await prisma.taxCountry.create({ data: { countryCode: 'NO', pricesIncludeTax: false } })
  const rate = { countryCode: 'NO', category: 'STANDARD', ppm: 250_000 }
  await prisma.taxRate.create({ data: { id: newId('txr'), ...rate } })
  await coupon({ code: 'TENTH', percentBasisPoints: 1_000 })
}

/**
 * Places an order whose amounts differ from each other and from zero. Its lines are three units at 10.00 and
 * one at 2.00, less 10 %. Shipping costs 4.80, and tax of 25 % is added to all. Requires `openTaxes`.
 */
export async function taxedOrder(
  shop: Shop,
  buyer: TestBuyer,
  paymentMethodId = newId('pmt'),
): Promise<string> {
  const { id: userId, viewer, addressId } = buyer
  const moved = { addressId, userId, ...FULL_ADDRESS }
  await shop.deliver('users.address.saved', moved, { subject: addressId, sequence: 2 })
  await shop.fill(viewer, await shop.addSock({ prices: { USD: '1000' } }), 3)
  const cart = await shop.fill(viewer, await shop.addSock({ prices: { USD: '200' } }))
  await shop.apply(buyer, 'TENTH')
  const shippingOptionId = await shop.option(cart, addressId, { amountMinor: '480' })
  const expectedTotal = { amount: '42.00', currencyCode: 'USD' }
  const { order, userErrors } = await shop.place(buyer, { shippingOptionId, expectedTotal, paymentMethodId })
  expect(userErrors).toEqual([])
  return order.id
}
