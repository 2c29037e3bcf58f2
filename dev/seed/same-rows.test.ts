import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fillInventory } from './fill-inventory.ts'
import { fillOrders } from './fill-orders.ts'
import { fillPayments, fillSandboxGateway } from './fill-payments.ts'
import { fillProducts } from './fill-products.ts'
import { fillReviews } from './fill-reviews.ts'
import { fillShipping } from './fill-shipping.ts'
import { fillSupport } from './fill-support.ts'
import { fillUsers } from './fill-users.ts'
import type { Filling } from './filling.ts'

const SEEDS = [1, 2, 3, 4]
const TODAY = Date.parse('2026-11-21')

/** Number of rows of each table in the shops of some seeds, and the beginning of the SHA-256 of these rows. */
function digestsOf({ rows }: Filling): Record<string, string> {
  const tables = new Map<string, string[]>()
  for (const seed of SEEDS)
    for (const { table, line } of rows({ seed, size: 'tiny', today: TODAY })) {
      const lines = tables.get(table.name)
      if (lines) lines.push(line)
      else tables.set(table.name, [table.columns.join(), line])
    }
  return Object.fromEntries(
    [...tables].map(([name, lines]) => {
      const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
      return [name, `${lines.length - 1} ${digest}`]
    }),
  )
}

// A data folder keeps its plan only, and benchmarks of two versions compare the same shop: a plan has the same rows on every
// machine and in every version. Where the seed is changed on purpose, these lines change with it.
test.each([
  [
    fillUsers('a hash'),
    { account: '80 a7fc5794f336', credential: '80 749e819a4640', address: '80 732e0adb3ae7' },
  ],
  [
    fillProducts,
    {
      category: '68 51757ffcb6d3',
      product: '48 be0dbbbf5c1f',
      product_image: '92 dd6ffff6a83f',
      variant: '216 18c70a186f1f',
      variant_price: '648 a4b7171f46b9',
    },
  ],
  [
    fillInventory,
    {
      warehouse: '12 23e03d2a441d',
      variant: '216 160ec175cecd',
      stock_level: '540 8473c769b914',
      stock_movement: '1792 50ca4a973224',
      reservation: '256 7c10539abb70',
      reservation_line: '596 aaed4ccce8cf',
      low_stock_alert: '60 ed7327c542f9',
    },
  ],
  [
    fillReviews,
    {
      known_product: '48 5bcb8ef03690',
      author: '80 dd83837caa8f',
      review: '488 237236c553f7',
      helpful_vote: '621 afdfe3f87771',
      rating_summary: '48 2824422ed84a',
    },
  ],
  [
    fillOrders,
    {
      known_product: '48 3ce8fd3b5cfe',
      known_variant: '216 74c7d6f5e18b',
      variant_price: '648 44782da908ee',
      variant_availability: '216 85543d4833e2',
      customer_address: '80 fdb61fc6aa4d',
      tax_country: '72 eac6fad193da',
      tax_rate: '92 5e9f9fa54d5b',
      coupon: '20 d37695265764',
      coupon_amount: '12 b19d2c05c416',
      cart: '8 d79e9373eaf2',
      cart_line: '12 745ae76ae13d',
      quarter_count: '768 125c27391720',
      orders: '256 e3ee19645dbd',
      order_line: '596 dddcec05b5af',
      order_status_change: '524 23abf9a56556',
      coupon_redemption: '40 7371708e4e29',
    },
  ],
  [fillPayments, { payment_method: '80 2616d67c635b' }],
  [fillSandboxGateway, { source: '80 bbd9fe0d581c' }],
  [
    fillShipping,
    {
      zone: '24 64304720d983',
      zone_area: '1024 57687816f130',
      method: '12 c28320c8f721',
      rate: '648 789202684d2e',
    },
  ],
  [
    fillSupport,
    {
      known_category: '68 bb03e4d0fec0',
      known_product: '48 6f6700468771',
      person: '80 dd83837caa8f',
      contact: '80 1e1e8590868a',
      agent: '8 04d8d625cde2',
      order_progress: '4 fbca1d6e7a3f',
      customer: '80 c58b87345a25',
      progress: '4 fbca1d6e7a3f',
      segment: '12 a7a3936117ae',
      campaign: '4 a18203bb95f1',
      campaign_recipient: '6 203b92ff428f',
      known_order: '256 e3e4ad54ffd0',
      sale: '256 40e24f48a7ac',
      ticket: '24 e88c1ef93cec',
      ticket_message: '52 694160517bfa',
    },
  ],
])('the rows of $database', (filling, digests) => {
  expect(digestsOf(filling)).toEqual(digests)
})
