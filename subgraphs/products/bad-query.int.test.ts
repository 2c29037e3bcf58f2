import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NUL, UNKNOWN } from './testing/bad-values.ts'
import { type Catalogue, openProducts, productInput } from './testing/open-products.ts'
import { refusals } from './testing/refusals.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
  await shop.category('root')
  await shop.draft(productInput('steady'))
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const LISTS: [what: string, query: string, says: string][] = [
  ...['0', '-1', '101', '2147483648', '"ten"', '1.5'].flatMap((first): [string, string, string][] => [
    [`first: ${first}`, `products(first: ${first}) { edges { cursor } }`, first.replaceAll('"', '')],
    [
      `first: ${first} of a category`,
      `category(slug: "root") { products(first: ${first}) { edges { cursor } } }`,
      first.replaceAll('"', ''),
    ],
    [
      `first: ${first} of variants`,
      `product(slug: "steady") { variants(first: ${first}) { edges { cursor } } }`,
      first.replaceAll('"', ''),
    ],
  ]),
  ...[
    ['no cursor at all', 'socks'],
    ['an empty cursor', ''],
    ['a cursor of another sort', cursor('TITLE', 'a', `prd_${UNKNOWN}`)],
    ['a forged date', cursor('NEWEST', 'yesterday', `prd_${UNKNOWN}`)],
    ['a forged id', cursor('NEWEST', '2026-11-21T00:00:00.000Z', 'prd')],
    ['a cursor that is too long', cursor('NEWEST', '2026-11-21T00:00:00.000Z', `prd_${UNKNOWN}`, 1)],
  ].map(([what, after]): [string, string, string] => [
    `products after ${what}`,
    `products(after: "${after}") { edges { cursor } }`,
    'after',
  ]),
  [
    'a cursor of prices in another currency',
    `products(sort: PRICE_ASC, filter: { currency: EUR }, after: "${cursor('PRICE_ASC:USD', '900', `prd_${UNKNOWN}`)}") { edges { cursor } }`,
    'after is',
  ],
  [
    'a forged price',
    `products(sort: PRICE_ASC, after: "${cursor('PRICE_ASC:USD', '1; DROP', `prd_${UNKNOWN}`)}") { edges { cursor } }`,
    '1; DROP',
  ],
  [
    'a price that no column holds',
    `products(sort: PRICE_ASC, after: "${cursor('PRICE_ASC:USD', '9'.repeat(20), `prd_${UNKNOWN}`)}") { edges { cursor } }`,
    'after holds',
  ],
  [
    'a forged title',
    `products(sort: TITLE, after: "${cursor('TITLE', NUL, `prd_${UNKNOWN}`)}") { edges { cursor } }`,
    'after holds',
  ],
  [
    'a forged position',
    `product(slug: "steady") { variants(after: "${cursor('VARIANTS', 2_147_483_648)}") { edges { cursor } } }`,
    '2147483648',
  ],
  [
    'a position between two variants',
    `product(slug: "steady") { variants(after: "${cursor('VARIANTS', 0.5)}") { edges { cursor } } }`,
    '0.5',
  ],
  ['a price that is no number', 'products(filter: { minPrice: "cheap" }) { edges { cursor } }', 'cheap'],
  ['a negative price', 'products(filter: { minPrice: "-1" }) { edges { cursor } }', '-1'],
  ['a fraction of a yen', 'products(filter: { maxPrice: "1.5", currency: JPY }) { edges { cursor } }', '1.5'],
  [
    'an overflowing price',
    'products(filter: { maxPrice: "999999999999999" }) { edges { cursor } }',
    '999999999999999',
  ],
  ['bounds that cross', 'products(filter: { minPrice: "5", maxPrice: "4.99" }) { edges { cursor } }', '4.99'],
  ['an unknown currency', 'products(filter: { currency: XYZ }) { edges { cursor } }', 'XYZ'],
  ['a currency of the wrong type', 'variant(sku: "STEADY-1") { price(currency: 5) { amount } }', '5'],
  ['an unknown sort', 'products(sort: CHEAP) { edges { cursor } }', 'CHEAP'],
  [
    'a malformed category',
    'products(filter: { categoryId: "socks" }) { edges { cursor } }',
    'allowed is an id that starts with cat_',
  ],
  ['an unknown category', `products(filter: { categoryId: "cat_${UNKNOWN}" }) { edges { cursor } }`, UNKNOWN],
  ...['', 'x'.repeat(61), 'a\\u0000'].flatMap((text) =>
    [`name: "${text}", value: "b"`, `name: "b", value: "${text}"`].map((option): [string, string, string] => [
      `an option with ${option}`,
      `products(filter: { options: [{ name: "a", value: "b" }, { ${option} }] }) { edges { cursor } }`,
      'allowed are texts of 1 to 60 characters',
    ]),
  ),
  ['both keys of a product', 'product(id: "a", slug: "b") { id }', 'exactly one'],
  ['no key of a product', 'product { id }', 'exactly one'],
  ['no key of a variant', 'variant(id: null) { id }', 'exactly one'],
]
test.each(LISTS)('a query refuses %s', async (_, selection, says) => {
  const answer = await shop.execute(`{ ${selection} }`, {}, shop.editor)
  expect(refusals(answer)).toContain(says)
})

test('a malformed id, slug or SKU finds nothing', async () => {
  const { data, errors } = await shop.execute(
    `query ($nul: String!, $id: ID!) { a: product(slug: $nul) { id } b: product(id: $id) { id } c: variant(sku: $nul) { id }
       d: variant(id: $id) { id } e: category(slug: $nul) { id } f: product(slug: "${'x'.repeat(10_000)}") { id } }`,
    { nul: NUL, id: NUL },
  )
  expect(errors.map(({ path, message }) => [path, message])).toEqual([
    [['b'], expect.stringContaining('allowed is an id that starts with prd_')],
    [['d'], expect.stringContaining('allowed is an id that starts with var_')],
  ])
  expect(Object.values(data)).toEqual(Array(6).fill(null))
})
