import { expect, test } from 'vitest'
import { relatedTests } from './related-tests.ts'

test('the nearest test comes first; other subgraphs and the whole shop are left out', () => {
  const tests = [
    'dev/e2e/shopping.e2e.test.ts',
    'subgraphs/orders/cart.int.test.ts',
    'subgraphs/orders/cart/cart.test.ts',
    'subgraphs/orders/cart/pricing.test.ts',
    'subgraphs/orders/quote/quote.test.ts',
    'subgraphs/orders/whole.e2e.test.ts',
    'subgraphs/users/email.test.ts',
  ]
  expect(relatedTests('subgraphs/orders/cart/pricing.ts', tests)).toEqual([
    'subgraphs/orders/cart/pricing.test.ts',
    'subgraphs/orders/cart/cart.test.ts',
    'subgraphs/orders/quote/quote.test.ts',
    'subgraphs/orders/cart.int.test.ts',
  ])
})
