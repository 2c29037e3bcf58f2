import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())

const contact = (email: string, displayName: string) => (userId: string) =>
  ['users.contact.changed', { userId, email, displayName }] as const
const verified = (email: string) => (userId: string) => ['users.email.verified', { userId, email }] as const
const order = (fields: object) => (orderId: string) =>
  ['orders.order.summarised', { orderId, ...fields }] as const
const product = (sku: string, title: string) => (variantId: string) =>
  ['products.product.changed', { title: 'Crew', variants: [{ variantId, sku, title }] }] as const
const roles = (...held: string[]) => {
  return (userId: string) => ['users.roles.changed', { userId, roles: held }] as const
}
const amount = (amountMinor: string, currencyCode: string) => ({ amountMinor, currencyCode })

testNewestState('notifications', () => shop, {
  'the address and name of an account': {
    ...{ id: 'usr', table: 'person', key: 'user_id' },
    older: contact('ada@argyle.example', 'Ada'),
    newer: contact('ada.l@argyle.example', 'Ada L.'),
    row: { email: 'ada.l@argyle.example', display_name: 'Ada L.', sequence: 10 },
  },
  'the verified address of an account': {
    ...{ id: 'usr', table: 'verified_address', key: 'user_id' },
    older: verified('ada@argyle.example'),
    newer: verified('ada.l@argyle.example'),
    row: { email: 'ada.l@argyle.example', sequence: 10 },
  },
  'an order': {
    ...{ id: 'ord', table: 'known_order', key: 'order_id' },
    older: order({
      ...{ number: 'A-1', customerId: null, email: 'ada@argyle.example', countryCode: 'DE' },
      ...{ lines: [{ title: 'Crew', quantity: 1, total: amount('100', 'EUR') }] },
      grandTotal: amount('100', 'EUR'),
    }),
    newer: order({
      ...{ number: 'A-2', customerId: 'usr_b', email: null, countryCode: 'GB' },
      ...{ lines: [{ title: 'Ankle', quantity: 2, total: amount('200', 'USD') }] },
      grandTotal: amount('200', 'USD'),
    }),
    row: {
      ...{ number: 'A-2', customer_id: 'usr_b', email: null, country_code: 'GB', currency: 'USD' },
      ...{ total_minor: 200, lines: [{ title: 'Ankle', quantity: 2, totalMinor: '200' }], sequence: 10 },
      told_at: '2026-11-21T09:10:00+00:00',
    },
  },
  'the names of a variant': {
    ...{ id: 'var', table: 'known_variant', key: 'variant_id' },
    older: product('A', 'M'),
    newer: product('B', 'L'),
    row: { sku: 'B', title: 'Crew, L', sequence: 10 },
  },
  'the roles of an account': {
    ...{ id: 'usr', table: 'staff', key: 'user_id' },
    older: roles('SUPPORT', 'ADMIN'),
    newer: roles('SUPPORT'),
    row: { roles: ['SUPPORT'], sequence: 10 },
  },
})
