import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CATEGORY,
  type Case,
  id,
  KEYS,
  ofNewVariant,
  PRICES,
  SLUGS,
  text,
  UNKNOWN,
  VARIANTS,
  VERSIONS,
} from './testing/bad-values.ts'
import {
  type Catalogue,
  type MadeProduct,
  openProducts,
  productInput,
  variantInput,
} from './testing/open-products.ts'
import { refusals } from './testing/refusals.ts'

let shop: Catalogue
let product: MadeProduct
let root: string
let leaf: string
beforeAll(async () => {
  shop = await openProducts()
  root = await shop.category('root')
  leaf = await shop.category('leaf', root)
  product = await shop.draft(productInput('steady'))
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** All rows that a change can write. */
function contents(): Promise<unknown> {
  const tables = [
    'product',
    'variant',
    'variant_price',
    'price_range',
    'category',
    'outbox_message',
    'idempotency_record',
  ]
  return Promise.all(
    tables.map((table) =>
      shop.resources.prisma.$queryRawUnsafe(
        `SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM ${table} t`,
      ),
    ),
  )
}

/** A valid input; each case replaces one of its fields. */
type Base = () => Record<string, unknown>

const variant = () => product.variants.edges[0]?.node.id
const versioned: Base = () => ({ id: product.id, expectedVersion: 1 })
const usd = { currencyCode: 'USD', amount: '9.00' }

const MUTATIONS: Record<string, { base: Base; cases: Case[] }> = {
  createProduct: {
    base: () => productInput('never'),
    cases: [
      ...KEYS,
      ...SLUGS,
      ...text('title', 200),
      ...text('description', 5_000).slice(2),
      ...CATEGORY,
      ['a taken slug', { slug: 'steady' }, '"steady" is taken'],
      ['no variants', { variants: [] }, 'variants is []'],
      ['101 variants', { variants: Array(101).fill(variantInput('A')) }, 'at most 100'],
      [
        'a missing currency',
        { variants: [{ ...variantInput('A'), prices: [usd] }] },
        'a price in each of USD, EUR, JPY',
      ],
      ...ofNewVariant([...VARIANTS, ...PRICES], (one) => ({ variants: [one] })),
    ],
  },
  updateProduct: {
    base: versioned,
    cases: [
      ...VERSIONS,
      ...id('id', 'prd'),
      ...SLUGS,
      ...text('title', 200),
      ...text('description', 5_000).slice(2),
      ...CATEGORY,
      ['no title', { title: null }, 'title is null'],
      ['no slug', { slug: null }, 'slug is null'],
    ],
  },
  publishProduct: { base: versioned, cases: [...VERSIONS, ...id('id', 'prd')] },
  archiveProduct: { base: versioned, cases: [...VERSIONS, ...id('id', 'prd'), ['a draft', {}, 'DRAFT']] },
  addVariant: {
    base: () => ({ idempotencyKey: newId('tst'), productId: product.id, variant: variantInput('NEW-2', 2) }),
    cases: [
      ...KEYS,
      ...id('productId', 'prd'),
      ...ofNewVariant([...VARIANTS, ...PRICES], (one) => ({ variant: one })),
      ['a taken SKU', { variant: variantInput('STEADY-1', 2) }, '"STEADY-1" is taken'],
      ['a choice that is there', { variant: variantInput('NEW-3') }, 'what no other variant has'],
    ],
  },
  updateVariant: {
    base: () => ({ id: variant(), expectedVersion: 1 }),
    cases: [
      ...VERSIONS,
      ...id('id', 'var'),
      ...VARIANTS,
      ['no options', { options: null }, 'options is null'],
      [
        'an option twice',
        {
          options: [
            { name: 'a', value: '1' },
            { name: 'a', value: '2' },
          ],
        },
        'each name once',
      ],
    ],
  },
  changePrice: {
    base: () => ({ variantId: variant(), expectedVersion: 1, prices: [usd] }),
    cases: [...VERSIONS, ...id('variantId', 'var'), ...PRICES],
  },
  createCategory: {
    base: () => ({ idempotencyKey: newId('tst'), slug: 'never', name: 'Never' }),
    cases: [
      ...KEYS,
      ...SLUGS,
      ...text('name', 100),
      ...id('parentId', 'cat'),
      ['a taken slug', { slug: 'leaf' }, '"leaf" is taken'],
      ['a negative position', { position: -1 }, 'position is -1'],
      ['a position beyond all others', { position: 100_001 }, 'position is 100001'],
      ['an overflowing position', { position: 2_147_483_648 }, '2147483648'],
    ],
  },
  updateCategory: {
    base: () => ({ id: root, expectedVersion: 1 }),
    cases: [
      ...VERSIONS,
      ...id('id', 'cat'),
      ...SLUGS,
      ...text('name', 100),
      ...id('parentId', 'cat'),
      ['a taken slug', { slug: 'leaf' }, '"leaf" is taken'],
      ['no position', { position: null }, 'position is null'],
    ],
  },
}

describe.each(Object.entries(MUTATIONS))('%s refuses', (name, { base, cases }) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { ... on UserError { message } } } }`

  test.each(cases)('%s', async (_, change, says) => {
    const before = await contents()
    const answer = await shop.execute(document, { input: { ...base(), ...change } }, shop.editor)

    expect(refusals(answer, name)).toContain(says)
    expect(await contents()).toEqual(before)
  })

  test('an input that is missing or null', async () => {
    expect(refusals(await shop.execute(document, {}, shop.editor))).toContain('input')
    expect(refusals(await shop.execute(document, { input: null }, shop.editor))).toContain('input')
  })
})

test('a category cannot move below itself', async () => {
  const document =
    'mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { userErrors { ... on UserError { message } } } }'
  for (const parentId of [root, leaf]) {
    const answer = await shop.execute(
      document,
      { input: { id: root, expectedVersion: 1, parentId } },
      shop.editor,
    )
    expect(refusals(answer, 'updateCategory')).toContain(parentId)
  }
})

test.each([
  ['createProduct', 'categoryId', 'cat'],
  ['updateProduct', 'id', 'prd'],
  ['publishProduct', 'id', 'prd'],
  ['archiveProduct', 'id', 'prd'],
  ['addVariant', 'productId', 'prd'],
  ['updateVariant', 'id', 'var'],
  ['changePrice', 'variantId', 'var'],
  ['createCategory', 'parentId', 'cat'],
  ['updateCategory', 'id', 'cat'],
] as const)('%s names the field of an unknown id: %s', async (name, field, prefix) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { ... on UserError { path } } } }`
  const input = { ...MUTATIONS[name]?.base(), [field]: `${prefix}_${UNKNOWN}` }
  const { data } = await shop.execute(document, { input }, shop.editor)
  expect(data[name].userErrors).toEqual([{ path: [field] }])
})
