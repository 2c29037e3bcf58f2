import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { validate } from '@argyle/kit/user-errors'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import * as inputs from './product-input.ts'
import {
  CATEGORY,
  type Case,
  id,
  KEYS,
  ofNewVariant,
  PRICES,
  SLUGS,
  text,
  VARIANTS,
  VERSIONS,
} from './testing/bad-values.ts'
import { variantInput } from './testing/open-products.ts'

const usd = { currencyCode: 'USD', amount: '9.00' }
/** The input of each mutation with the bad fields of the table. */
const MUTATIONS: [mutation: string, schema: z.ZodType, cases: readonly Case[]][] = [
  [
    'createProduct',
    inputs.createProductInput,
    [
      ...KEYS,
      ...SLUGS,
      ...text('title', 200),
      ...text('description', 5_000),
      ...CATEGORY,
      ['no variants', { variants: [] }, ''],
      ['101 variants', { variants: Array(101).fill(variantInput('A')) }, ''],
      ['a missing currency', { variants: [{ ...variantInput('A'), prices: [usd] }] }, ''],
      ...ofNewVariant([...VARIANTS, ...PRICES], (one) => ({ variants: [one] })),
    ],
  ],
  [
    'updateProduct',
    inputs.updateProductInput,
    [
      ...VERSIONS,
      ...id('id', 'prd'),
      ...SLUGS,
      ...text('title', 200),
      ...text('description', 5_000),
      ...CATEGORY,
    ],
  ],
  ['publishProduct', inputs.productVersionInput, [...VERSIONS, ...id('id', 'prd')]],
  [
    'addVariant',
    inputs.addVariantInput,
    [
      ...KEYS,
      ...id('productId', 'prd'),
      ...ofNewVariant([...VARIANTS, ...PRICES], (variant) => ({ variant })),
    ],
  ],
  ['updateVariant', inputs.updateVariantInput, [...VERSIONS, ...id('id', 'var'), ...VARIANTS]],
  ['changePrice', inputs.changePriceInput, [...VERSIONS, ...id('variantId', 'var'), ...PRICES]],
  [
    'createCategory',
    inputs.createCategoryInput,
    [...KEYS, ...SLUGS, ...text('name', 100), ...id('parentId', 'cat'), ['a position', { position: -1 }, '']],
  ],
  [
    'updateCategory',
    inputs.updateCategoryInput,
    [
      ...[...VERSIONS, ...id('id', 'cat'), ...SLUGS, ...text('name', 100), ...id('parentId', 'cat')],
      ['a position', { position: 100_001 }, ''],
    ],
  ],
]

test('the whole messages about bad fields are those of refusals.md', async () => {
  const refused = MUTATIONS.flatMap(([mutation, schema, cases]) =>
    cases.flatMap(([, change]): Refused[] => {
      const [[field, value] = ['', null]] = Object.entries(change)
      // The schema refuses a missing field.
      if (value == null) return []
      const checked = validate(schema, change)
      const userErrors = checked.ok ? [] : checked.errors.filter(({ path }) => path?.[0] === field)
      const asked = `${mutation} ${JSON.stringify(change)}`
      // Rows of the table that are refused by what is stored are not here.
      return userErrors.length === 0
        ? []
        : [[asked, { data: { [mutation]: { userErrors } }, errors: [], cookies: [] }]]
    }),
  )
  await expect(refusalsPage('subgraphs/products/refusals.test.ts', refused)).toMatchFileSnapshot(
    'refusals.md',
  )
})
