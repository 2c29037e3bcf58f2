import { mintedAt } from '@argyle/kit/ids'
import { isOrderNumber } from '@argyle/orders/order/order-number'
import { describe, expect, test } from 'vitest'
import { fillOrders } from './fill-orders.ts'
import { fillProducts } from './fill-products.ts'
import { discountOf } from './orders/coupon.ts'
import type { Plan } from './plan.ts'
import { countOf, type Entity, type Row, row, rows } from './row.ts'

const today = Date.parse('2026-11-21')
const planOf = (size: Plan['size']): Plan => ({ seed: 7, size, today })

/** Every row of a shop, for checks that look across entities. */
function shopOf(plan: Plan) {
  const all = <E extends Entity>(entity: E): Row<E>[] => [...rows(plan, entity)]
  return {
    users: all('user'),
    addresses: all('address'),
    categories: all('category'),
    products: all('product'),
    variants: all('variant'),
    stockLevels: all('stockLevel'),
    carts: all('cart'),
    coupons: all('coupon'),
    orders: all('order'),
    reviews: all('review'),
  }
}

const duplicates = (values: readonly string[]): string[] =>
  [...Map.groupBy(values, (value) => value)].filter(([, same]) => same.length > 1).map(([value]) => value)

test('the demo shop is as large as promised', () => {
  const sizes = (['product', 'variant', 'user', 'review', 'order'] as const).map((entity) =>
    countOf('demo', entity),
  )
  const least = [200, 800, 500, 3_000, 1_000]
  for (const [place, count] of sizes.entries()) expect(count).toBeGreaterThanOrEqual(least[place] ?? 0)
})

test('the large shop has at least 50,000 products and 2 million reviews', () => {
  expect(countOf('large', 'product')).toBeGreaterThanOrEqual(50_000)
  expect(countOf('large', 'review')).toBeGreaterThanOrEqual(2_000_000)
})

test('a row does not depend on what was computed before it', () => {
  const plan = planOf('demo')
  const forwards = [0, 1, 2, 1_000].map((index) => row(plan, 'review', index))
  const backwards = [1_000, 2, 1, 0].map((index) => row({ ...plan }, 'review', index)).reverse()
  expect(backwards).toEqual(forwards)
})

test('another seed makes another shop', () => {
  const plan = planOf('tiny')
  expect(row({ ...plan, seed: 8 }, 'product', 3).id).not.toBe(row(plan, 'product', 3).id)
})

test('an index outside the shop is refused with the indexes that there are', () => {
  expect(() => row(planOf('tiny'), 'product', 12)).toThrow('A tiny shop has product 0 to 11, not 12.')
  expect(() => row(planOf('tiny'), 'product', -1)).toThrow(RangeError)
})

test('the last rows of the large shop can be computed alone', () => {
  const plan = planOf('large')
  for (const entity of ['product', 'variant', 'user', 'order', 'review', 'cart'] as const)
    expect(row(plan, entity, countOf('large', entity) - 1).id).toMatch(/^[a-z]{3}_/)
})

test('titles and slugs of the large shop are unique', () => {
  const plan = planOf('large')
  const slugs = new Set(
    Array.from({ length: countOf('large', 'product') }, (_, index) => row(plan, 'product', index).slug),
  )
  expect(slugs.size).toBe(countOf('large', 'product'))
})

describe.each(['tiny', 'demo'] as const)('in the %s shop', (size) => {
  const plan = planOf(size)
  const shop = shopOf(plan)
  const productById = new Map(shop.products.map((product) => [product.id, product]))
  const variantById = new Map(shop.variants.map((variant) => [variant.id, variant]))
  const userById = new Map(shop.users.map((user) => [user.id, user]))

  test('no id, slug, SKU or e-mail address comes twice', () => {
    for (const list of Object.values(shop)) expect(duplicates(list.map(({ id }) => id))).toEqual([])
    expect(duplicates(shop.products.map(({ slug }) => slug))).toEqual([])
    expect(duplicates(shop.variants.map(({ sku }) => sku))).toEqual([])
    expect(duplicates(shop.users.map(({ email }) => email))).toEqual([])
  })

  test('an id contains the creation time of its row', () => {
    for (const { id, createdAt } of [...shop.products, ...shop.users, ...shop.reviews])
      expect(mintedAt(id)).toBe(createdAt)
    for (const { id, placedAt } of shop.orders) expect(mintedAt(id)).toBe(placedAt)
  })

  test('every reference leads to a row', () => {
    const categories = new Set(shop.categories.map(({ id }) => id))
    for (const { categoryId } of shop.products) expect(categories).toContain(categoryId)
    for (const { productId } of shop.variants) expect(productById.has(productId)).toBe(true)
    for (const { variantId } of shop.stockLevels) expect(variantById.has(variantId)).toBe(true)
    for (const { authorId, productId } of shop.reviews)
      expect([userById.has(authorId), productById.has(productId)]).toEqual([true, true])
    for (const { customerId, lines } of shop.orders) {
      expect(userById.has(customerId)).toBe(true)
      for (const line of lines) expect(variantById.get(line.variantId)?.productId).toBe(line.productId)
    }
    for (const { customerId, lines } of shop.carts) {
      expect(customerId === null || userById.has(customerId)).toBe(true)
      for (const line of lines) expect(variantById.has(line.variantId)).toBe(true)
    }
  })

  test('nothing happens before its cause, and nothing after today', () => {
    for (const { placedAt, customerId, lines, settledAt } of shop.orders) {
      expect(userById.get(customerId)?.createdAt).toBeLessThan(placedAt)
      for (const { productId } of lines) expect(productById.get(productId)?.createdAt).toBeLessThan(placedAt)
      expect(settledAt).toBeGreaterThan(placedAt)
      expect(settledAt).toBeLessThan(today)
    }
    for (const { createdAt, updatedAt, authorId, productId } of shop.reviews) {
      expect(userById.get(authorId)?.createdAt).toBeLessThan(createdAt)
      expect(productById.get(productId)?.createdAt).toBeLessThan(createdAt)
      expect(updatedAt).toBeGreaterThanOrEqual(createdAt)
      expect(updatedAt).toBeLessThanOrEqual(today)
    }
  })

  test('a customer reviews a product once, and most reviewers bought it before', () => {
    expect(duplicates(shop.reviews.map(({ authorId, productId }) => `${authorId} ${productId}`))).toEqual([])
    const boughtAt = new Map(
      shop.orders
        .filter(({ status }) => status === 'CONFIRMED')
        .flatMap(({ customerId, placedAt, lines }) =>
          lines.map(({ productId }) => [`${customerId} ${productId}`, placedAt] as const),
        )
        .reverse(),
    )
    const verified = shop.reviews.filter(({ authorId, productId }) =>
      boughtAt.has(`${authorId} ${productId}`),
    )
    expect(verified.length / shop.reviews.length).toBeGreaterThan(0.8)
    expect(verified.length).toBeLessThan(shop.reviews.length)
    for (const { authorId, productId, createdAt } of verified)
      expect(boughtAt.get(`${authorId} ${productId}`)).toBeLessThan(createdAt)
  })

  test.each([1, 2, 3, 4, 5])('no review text comes twice for one product, by seed %i', (seed) => {
    const reviews = [...rows({ ...plan, seed }, 'review')]
    expect(duplicates(reviews.map(({ productId, body }) => `${productId} ${body}`))).toEqual([])
  })

  test('no review has a gap where a word should be', () => {
    for (const { title, body } of shop.reviews)
      expect(`${title} ${body}`).not.toMatch(/[{}]|undefined| {2}| \./)
  })

  test('totals are exact to the minor unit', () => {
    for (const { lines, subtotal, discount, total, couponIndex, currency } of shop.orders) {
      expect(lines.reduce((sum, line) => sum + line.unitPrice * line.quantity, 0)).toBe(subtotal)
      expect(lines.reduce((sum, line) => sum + line.discount, 0)).toBe(discount)
      expect(subtotal - discount).toBe(total)
      const coupon = couponIndex === null ? undefined : shop.coupons[couponIndex]
      expect(coupon ? discountOf(coupon, currency, subtotal) : 0).toBe(discount)
    }
  })

  test('a sale price is lower in every currency, and no sock is sold below its cost', () => {
    for (const { prices, compareAt, cost } of shop.variants)
      for (const currency of ['USD', 'EUR', 'JPY'] as const) {
        expect(prices[currency]).toBeGreaterThan(cost[currency])
        if (compareAt) expect(compareAt[currency]).toBeGreaterThan(prices[currency])
      }
  })

  test('order numbers are legal and unique', () => {
    const numbers = [...fillOrders.rows(plan)]
      .filter(({ table }) => table.name === 'orders')
      .map(({ line }) => line.split('\t')[1] ?? '')
    expect(numbers.filter((number) => !isOrderNumber(number))).toEqual([])
    expect(duplicates(numbers)).toEqual([])
  })

  test('each product has one picture per colour, drawn without anything from outside', () => {
    const pictures = [...fillProducts.rows(plan)].filter(({ table }) => table.name === 'product_image')
    expect(pictures.length).toBeGreaterThan(shop.products.length)
    for (const { line } of pictures) {
      expect(line).toContain('<svg xmlns="http://www.w3.org/2000/svg" width="320" height="400"')
      expect(line.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|<script/)
    }
  })
})

describe('in the demo shop', () => {
  const plan = planOf('demo')
  const reviews = [...rows(plan, 'review')]
  const orders = [...rows(plan, 'order')]

  test('few products are loved by many, many by few', () => {
    const sold = new Map<string, number>()
    for (const { lines } of orders)
      for (const { productId, quantity } of lines) sold.set(productId, (sold.get(productId) ?? 0) + quantity)
    const counts = [...sold.values()].sort((left, right) => right - left)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const bestFifth = counts
      .slice(0, Math.floor(countOf('demo', 'product') / 5))
      .reduce((sum, count) => sum + count, 0)
    expect(bestFifth / total).toBeGreaterThan(0.4)
    expect(counts.at(-1)).toBeLessThan(total / 500)
  })

  test('socks of one occasion meet in a basket more often than by chance', () => {
    const categoryOf = new Map([...rows(plan, 'product')].map(({ id, categoryId }) => [id, categoryId]))
    const baskets = orders.map(
      ({ lines }) => new Set(lines.map(({ productId }) => categoryOf.get(productId))),
    )
    const categories = [...rows(plan, 'category')]
    const slugId = (slug: string) => categories.find((category) => category.slug === slug)?.id
    const share = (slug: string, equalsAny: typeof baskets) =>
      equalsAny.filter((basket) => basket.has(slugId(slug))).length / equalsAny.length
    const withHiking = baskets.filter((basket) => basket.size > 1 && basket.has(slugId('hiking')))
    expect(share('compression', withHiking)).toBeGreaterThan(2 * share('compression', baskets))
  })

  test('all ratings are given, good ones more often, and titles of bad ones do not praise', () => {
    const stars = [1, 2, 3, 4, 5].map((rating) => reviews.filter((review) => review.rating === rating).length)
    expect(Math.min(...stars)).toBeGreaterThan(20)
    expect((stars[3] ?? 0) + (stars[4] ?? 0)).toBeGreaterThan(reviews.length / 2)
    const titles = (ratings: number[]) =>
      new Set(reviews.filter(({ rating }) => ratings.includes(rating)).map(({ title }) => title))
    const shared = [...titles([1, 2])].filter((title) => title !== null && titles([4, 5]).has(title))
    expect(shared).toEqual([])
  })

  test('most reviews are published, some wait, some are refused', () => {
    const statuses = Map.groupBy(reviews, ({ status }) => status)
    expect(statuses.get('PUBLISHED')?.length).toBeGreaterThan(reviews.length * 0.9)
    expect(statuses.get('PENDING')?.length).toBeGreaterThan(0)
    expect(statuses.get('REJECTED')?.length).toBeGreaterThan(0)
  })
})
