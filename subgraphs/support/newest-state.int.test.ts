import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())

const product = (status: string, categoryId: string) => (productId: string) =>
  ['products.product.changed', { productId, status, categoryId }] as const
const category = (parentId: string | null) => (categoryId: string) =>
  ['products.category.changed', { categoryId, parentId }] as const
const profile = (displayName: string) => (userId: string) =>
  ['users.profile.updated', { userId, displayName }] as const
const contact = (type: 'contact.changed' | 'email.verified', email: string) => (userId: string) =>
  [`users.${type}`, { userId, email }] as const
const roles = (...held: string[]) => {
  return (userId: string) => ['users.roles.changed', { userId, roles: held }] as const
}
const consent = (acceptsCampaigns: boolean) => (userId: string) =>
  ['notifications.consent.changed', { userId, acceptsCampaigns }] as const
const amount = (amountMinor: string, currencyCode: string) => ({ amountMinor, currencyCode })
const sale = (fields: object) => (orderId: string) =>
  ['orders.sale.changed', { orderId, customerId: null, refunds: [], ...fields }] as const
const person = { id: 'usr', key: 'user_id' } as const

testNewestState('support', () => shop, {
  'a product': {
    ...{ id: 'prd', table: 'known_product', key: 'product_id' },
    older: product('ACTIVE', 'cat_a'),
    newer: product('ARCHIVED', 'cat_b'),
    row: { status: 'ARCHIVED', category_id: 'cat_b', sequence: 10 },
  },
  'a category': {
    ...{ id: 'cat', table: 'known_category', key: 'category_id' },
    older: category('cat_a'),
    newer: category('cat_b'),
    row: { parent_id: 'cat_b', sequence: 10 },
  },
  'the name of an account': {
    ...{ ...person, table: 'person' },
    older: profile('Ada'),
    newer: profile('Ada L.'),
    row: { display_name: 'Ada L.', sequence: 10 },
  },
  'the address of an account': {
    ...{ ...person, table: 'contact' },
    older: contact('contact.changed', 'ada@argyle.example'),
    newer: contact('contact.changed', 'Ada.L@argyle.example'),
    row: { email: 'ada.l@argyle.example', sequence: 10 },
  },
  'the verified address of an account': {
    ...{ ...person, table: 'contact' },
    older: contact('email.verified', 'ada@argyle.example'),
    newer: contact('email.verified', 'Ada.L@argyle.example'),
    row: { verified_email: 'ada.l@argyle.example', verified_sequence: 10 },
  },
  'an agent': {
    ...{ ...person, table: 'agent' },
    older: roles('SUPPORT'),
    newer: roles('MERCHANDISER'),
    row: { active: false, sequence: 10 },
  },
  'the consent of a customer': {
    ...{ ...person, table: 'customer' },
    older: consent(true),
    newer: consent(false),
    row: { accepts_campaigns: false, consent_sequence: 10 },
  },
  'an order of a guest': {
    ...{ id: 'ord', table: 'known_order', key: 'order_id' },
    older: (orderId) => ['orders.order.placed', { orderId, number: 'A-1', customerId: null }],
    newer: (orderId) => [
      'orders.order.summarised',
      {
        ...{ orderId, number: 'A-1', customerId: null, email: 'Ada@argyle.example' },
        ...{ guestProofHash: 'hash', countryCode: 'DE' },
      },
    ],
    row: { email: 'ada@argyle.example', guest_proof_hash: 'hash', country_code: 'DE' },
  },
  'a sale': {
    ...{ id: 'ord', table: 'sale', key: 'order_id' },
    older: sale({
      ...{ status: 'SOLD', placedAt: '2026-11-20T09:00:00.000Z', countryCode: 'DE' },
      ...{ subtotal: amount('300', 'EUR'), discount: amount('0', 'EUR'), lines: [{ productId: 'prd_a' }] },
    }),
    newer: sale({
      ...{ status: 'CANCELLED', placedAt: '2026-11-20T10:00:00.000Z', countryCode: 'GB' },
      ...{ subtotal: amount('200', 'USD'), discount: amount('50', 'USD'), lines: [{ productId: 'prd_b' }] },
    }),
    row: {
      ...{ status: 'CANCELLED', placed_at: '2026-11-20T10:00:00+00:00', country_code: 'GB' },
      ...{ currency: 'USD', net_minor: 150, product_ids: ['prd_b'], sequence: 10 },
    },
  },
})
