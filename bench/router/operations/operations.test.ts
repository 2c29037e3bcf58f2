import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { wholeSchema } from '../graphs/schemas.ts'
import { shop } from '../graphs/shop.ts'
import { randomOperations } from './random-operation.ts'
import { requestsOf } from './requests.ts'
import { storefront } from './storefront.ts'

test('scenario 1 is answered with 80 to 90 KB, the same each time', () => {
  const [once, again] = [requestsOf(shop(), [storefront]), requestsOf(shop(), [storefront])]
  const size = Buffer.byteLength(once.expected[0] ?? '')
  expect(size).toBeGreaterThan(80_000)
  expect(size).toBeLessThan(90_000)
  expect(again).toEqual(once)
})

test('operations that are made are valid, different, the same for the same seed, and some have variables', () => {
  const schema = wholeSchema(shop())
  const operations = randomOperations(schema, 1, 200)
  for (const { query } of operations) expect(validate(schema, parse(query))).toEqual([])
  expect(new Set(operations.map(({ query }) => query.replace(/Made\d+/, ''))).size).toBeGreaterThan(180)
  expect(randomOperations(schema, 1, 200)).toEqual(operations)
  expect(
    operations.filter(({ variables }) => Object.keys(variables ?? {}).length > 0).length,
  ).toBeGreaterThan(60)
  expect(requestsOf(shop(), operations).expected).toHaveLength(200)
})
