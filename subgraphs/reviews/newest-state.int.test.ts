import { testNewestState } from '@argyle/kit/testing/newest-state'
import { afterAll, beforeAll } from 'vitest'
import { FORMER_CUSTOMER } from './copies.ts'
import { type OpenReviews, openReviews } from './testing/open-reviews.ts'

let shop: OpenReviews
beforeAll(async () => {
  shop = await openReviews()
})
afterAll(() => shop.close())

const product = (status: string) => (productId: string) =>
  ['products.product.changed', { productId, status }] as const
const profile = (displayName: string) => (userId: string) =>
  ['users.profile.updated', { userId, displayName }] as const
const author = { table: 'author', key: 'user_id' } as const

testNewestState('reviews', () => shop, {
  'a product': {
    ...{ id: 'prd', table: 'known_product', key: 'product_id' },
    older: product('ACTIVE'),
    newer: product('ARCHIVED'),
    row: { status: 'ARCHIVED', sequence: 10 },
  },
  'the name of an author': {
    ...{ id: 'usr', ...author },
    older: profile('Ada L.'),
    newer: profile('Ada Lovelace'),
    row: { display_name: 'Ada Lovelace', sequence: 10 },
  },
  'the author of a deleted account': {
    ...{ id: 'usr', ...author },
    older: profile('Ada L.'),
    newer: (userId) => ['users.account.deleted', { userId }],
    row: { display_name: FORMER_CUSTOMER, sequence: 10 },
  },
})
