import { environment } from '@argyle/kit/config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bestSeller, productPageQuery } from '../shop/terminal/banner.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { placeOrder } from './place-order.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

const UNPAID = ['PENDING', 'AWAITING_PAYMENT']
const PAID = /^(CONFIRMED|FULFILLING|SHIPPED|DELIVERED)$/

/** An external server, of another version than the embedded one. */
const ADMIN_URL = 'postgresql://postgres@127.0.0.1:5432/postgres'

describe.runIf(environment().ARGYLE_TEST_SERVICES === '1')('on the PostgreSQL of this machine', () => {
  let shop: TestShop
  beforeAll(async () => {
    shop = await startTestShop({ adminUrl: ADMIN_URL })
  })
  afterAll(() => shop?.stop())

  test('migrations, seed data, a product page and a checkout work as on the embedded server', async () => {
    const customer = shop.visitor()
    await signIn(customer, shop.accounts.customer)
    const slug = shop.seed ? bestSeller(shop.seed) : ''
    const page = await customer.ask(productPageQuery(slug))
    expect(page.errors).toEqual([])
    expect(page.data.product.rating.count).toBeGreaterThan(0)
    const orderId = await placeOrder(customer, slug, 1)
    const status = async () =>
      (await customer.ask(`{ order(id: "${orderId}") { status } }`)).data.order.status
    expect(await waitUntil(status, (now) => !UNPAID.includes(now))).toMatch(PAID)
  })
})
