import { readFileSync } from 'node:fs'
import path from 'node:path'
import { validate } from '@argyle/kit/user-errors'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createWarehouseInput } from '../subgraphs/inventory/warehouse-input.ts'
import { readCartCoupon } from '../subgraphs/orders/cart/cart-input.ts'
import { readCreateCoupon } from '../subgraphs/orders/coupon/coupon-input.ts'
import * as products from '../subgraphs/products/input.ts'
import * as reviews from '../subgraphs/reviews/input.ts'
import { signInSchema, signUpSchema, updateProfileSchema } from '../subgraphs/users/account/account-input.ts'
import { addressChangeSchema, addressContentSchema } from '../subgraphs/users/address/address.ts'
import { inputFieldsOf, namedType, outline } from './check/graph/schema-outline.ts'
import { foldersWith, root } from './repository.ts'

/** LINE and LINES go through the kit's rule for text; TOKEN has an alphabet of its own, without hidden characters. */
type Kind = 'LINE' | 'LINES' | 'TOKEN'
type Check = (input: unknown) => { ok: boolean; errors?: readonly { path: readonly string[] | null }[] }
type Input = {
  readonly check: Check
  readonly example: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, Kind>>
}

const by =
  (schema: z.ZodType): Check =>
  (input) =>
    validate(schema, input)

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const key = { idempotencyKey: 'a key of some length' }
const version = { expectedVersion: 1 }
const address = {
  recipient: 'Ada',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'GB',
}
const addressFields: Input['fields'] = {
  ...{ recipient: 'LINE', line1: 'LINE', line2: 'LINE', city: 'LINE', region: 'LINE' },
  ...{ postalCode: 'TOKEN', countryCode: 'TOKEN' },
}
const variant = {
  sku: 'ACORN-M',
  title: 'M',
  options: [{ name: 'Size', value: 'M' }],
  weightGrams: 60,
  prices: ['USD', 'EUR', 'JPY'].map((currencyCode) => ({ currencyCode, amount: '10' })),
}
const addVariant = { ...key, productId: `prd_${uuid}`, variant }
const opinion = { rating: 5, title: 'Warm', body: 'Very warm.' }

/** An input type's field inside another input, for types that are read only as a part. */
const inside = (into: (part: Record<string, unknown>) => unknown, check: Check): Check => {
  return (part) => {
    // The test hands in a record: an example with one field changed.
    const result = check(into(part as Record<string, unknown>))
    const errors = result.errors?.map(({ path: at }) => ({ path: at?.slice(-1) ?? null }))
    return { ok: result.ok, ...(errors && { errors }) }
  }
}

/** Each input type of each subgraph that has a String, with the check that its mutation makes. */
const INPUTS: ReadonlyMap<string, Input> = new Map(
  Object.entries<Input>({
    SignUpInput: {
      check: by(signUpSchema),
      example: { ...key, email: 'ada@argyle.example', password: 'warm', displayName: 'Ada' },
      fields: { email: 'TOKEN', displayName: 'LINE' },
    },
    SignInInput: {
      check: by(signInSchema),
      example: { email: 'ada@argyle.example', password: 'warm' },
      fields: { email: 'TOKEN' },
    },
    UpdateProfileInput: {
      check: by(updateProfileSchema),
      example: { ...version, displayName: 'Ada' },
      fields: { displayName: 'LINE' },
    },
    AddAddressInput: { check: by(addressContentSchema), example: address, fields: addressFields },
    UpdateAddressInput: { check: by(addressChangeSchema), example: address, fields: addressFields },
    SelectedOptionInput: {
      check: inside(
        (option) => ({ ...addVariant, variant: { ...variant, options: [option] } }),
        by(products.addVariantInput),
      ),
      example: { name: 'Size', value: 'M' },
      fields: { name: 'LINE', value: 'LINE' },
    },
    NewVariantInput: {
      check: inside((part) => ({ ...addVariant, variant: part }), by(products.addVariantInput)),
      example: variant,
      fields: { sku: 'TOKEN', title: 'LINE' },
    },
    CreateProductInput: {
      check: by(products.createProductInput),
      example: { ...key, slug: 'acorn', title: 'Acorn', description: 'Oak.', variants: [variant] },
      fields: { slug: 'TOKEN', title: 'LINE', description: 'LINES' },
    },
    UpdateProductInput: {
      check: by(products.updateProductInput),
      example: { ...version, id: `prd_${uuid}` },
      fields: { slug: 'TOKEN', title: 'LINE', description: 'LINES' },
    },
    UpdateVariantInput: {
      check: by(products.updateVariantInput),
      example: { ...version, id: `var_${uuid}` },
      fields: { sku: 'TOKEN', title: 'LINE' },
    },
    CreateCategoryInput: {
      check: by(products.createCategoryInput),
      example: { ...key, slug: 'crew', name: 'Crew' },
      fields: { slug: 'TOKEN', name: 'LINE' },
    },
    UpdateCategoryInput: {
      check: by(products.updateCategoryInput),
      example: { ...version, id: `cat_${uuid}` },
      fields: { slug: 'TOKEN', name: 'LINE' },
    },
    SubmitReviewInput: {
      check: by(reviews.submitReviewInput),
      example: { ...key, productId: `prd_${uuid}`, ...opinion },
      fields: { title: 'LINE', body: 'LINES' },
    },
    UpdateReviewInput: {
      check: by(reviews.updateReviewInput),
      example: { ...version, id: `rev_${uuid}`, ...opinion },
      fields: { title: 'LINE', body: 'LINES' },
    },
    CreateWarehouseInput: {
      check: by(createWarehouseInput),
      example: { ...key, code: 'LEJ-1', name: 'Leipzig', stocksNewVariants: false },
      fields: { code: 'TOKEN', name: 'LINE' },
    },
    ApplyCouponInput: {
      check: readCartCoupon,
      example: { ...version, cartId: `crt_${uuid}`, code: 'WARM' },
      fields: { code: 'TOKEN' },
    },
    CreateCouponInput: {
      check: readCreateCoupon,
      example: { ...key, code: 'WARM', percentBasisPoints: 500 },
      fields: { code: 'TOKEN' },
    },
  }),
)

/** Strings that nobody else reads, each with the reason. */
const UNREAD: ReadonlyMap<string, string> = new Map([
  ['SignUpInput.password', 'a secret is hashed as it was typed, and never shown'],
  ['SignInInput.password', 'a secret is hashed as it was typed, and never shown'],
])

const coordinates = foldersWith('subgraphs', 'schema.graphql').flatMap((name) => {
  const sdl = readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8')
  return [...outline(name, sdl).types.values()].flatMap((node) =>
    inputFieldsOf(node)
      .filter(({ type }) => namedType(type) === 'String')
      .map((field) => `${node.name.value}.${field.name.value}`),
  )
})

test('every String of every input is in the table, and nothing else is', () => {
  const listed = [...INPUTS].flatMap(([type, { fields }]) =>
    Object.keys(fields).map((name) => `${type}.${name}`),
  )
  expect([...listed, ...UNREAD.keys()].sort()).toEqual([...new Set(coordinates)].sort())
})

const HIDDEN = [
  ...[
    '\u200b',
    '\u202e',
    '\u2066',
    '\u200f',
    '\u061c',
    '\u2060',
    '\u00ad',
    '\u3164',
    '\u115f',
    '\uffa0',
    '\u2800',
  ],
  ...['\u200d', '\ufe0f', '\u{e0041}', '\u{1d159}', '\ufffc', '\ue000', '\u2028', '\0', '\u0335'.repeat(7)],
]
const SPOILT = HIDDEN.flatMap((hidden) => [`AB${hidden}CD`, `AB${hidden.repeat(3)}CD`, hidden.repeat(3)])
  // Separators alone are white space, which is trimmed.
  .filter((text) => text.trim() !== '')
const READABLE = ['👩‍🚀 🧦', 'שָׁלוֹם', 'مَرْيَم', 'می\u200cخواهم', 'Zoë', '山田', 'O’Neill']

describe.each([...INPUTS])('%s', (_, { check, example, fields }) => {
  test('its example is taken', () => {
    expect(check(example)).toMatchObject({ ok: true })
  })

  test.each(Object.entries(fields))('%s (%s) holds no hidden text', (field, kind) => {
    for (const text of SPOILT) {
      const result = check({ ...example, [field]: text })
      expect([text, result.ok, result.errors?.[0]?.path]).toEqual([text, false, [field]])
    }
    if (kind === 'TOKEN') return
    for (const text of READABLE) expect([text, check({ ...example, [field]: text }).ok]).toEqual([text, true])
    expect(check({ ...example, [field]: 'two\nlines' }).ok).toBe(kind === 'LINES')
  })
})
