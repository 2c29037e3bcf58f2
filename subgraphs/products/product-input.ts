// Tested in bad-input.int.test.ts: one table has the bad values of all inputs.

import { idSchema } from '@argyle/kit/ids'
import {
  BadAmount,
  CURRENCIES,
  type Currency,
  decimalsOf,
  formatMoney,
  MAX_MINOR,
  money,
  parseAmount,
} from '@argyle/kit/money'
import { lineOfText, maybeLinesOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { Prices } from './price.ts'
import { MAX_VARIANTS } from './variant.ts'

const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    error: 'lower-case letters, digits and single hyphens, 1 to 100 characters',
  })

const sku = z
  .string()
  .max(40)
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/, {
    error: 'upper-case letters, digits and single hyphens, 1 to 40 characters',
  })

const currency = z.enum(CURRENCIES)
const description = maybeLinesOfText(5_000)
const weightGrams = z.int().min(1).max(100_000)
const position = z.int().min(0).max(100_000)

/** The rules check whether the options fit the product's other variants. */
const optionsInput = z.array(z.object({ name: lineOfText(40), value: lineOfText(60) })).max(5)

/** An amount that the currency and the shop allow, in minor units; null otherwise. */
function readAmount(amount: string, code: Currency, least: bigint): bigint | null {
  try {
    const { minor } = parseAmount(amount, code)
    return minor >= least ? minor : null
  } catch (error) {
    if (error instanceof BadAmount) return null
    throw error
  }
}

function allowedAmount(code: Currency, least: bigint): string {
  const shown = (minor: bigint) => formatMoney(money(minor, code)).amount
  return `${shown(least)} to ${shown(MAX_MINOR)} ${code}, with at most ${decimalsOf(code)} decimals`
}

/** Each amount must be valid for its currency; a compare-at price must be above the price. */
function checkPrice({ currencyCode, amount, compareAtAmount }: PriceInput, context: z.core.$RefinementCtx) {
  const check = (field: string, input: string, least: bigint) => {
    const minor = readAmount(input, currencyCode, least)
    const message = allowedAmount(currencyCode, least)
    if (minor === null) context.addIssue({ code: 'custom', message, input, path: [field] })
    return minor
  }
  const minor = check('amount', amount, 1n)
  if (minor !== null && compareAtAmount != null) check('compareAtAmount', compareAtAmount, minor + 1n)
}

type PriceInput = { currencyCode: Currency; amount: string; compareAtAmount?: string | null }

const price = z
  .object({ currencyCode: currency, amount: z.string(), compareAtAmount: z.string().nullish() })
  .superRefine(checkPrice)

function pricesOf(inputs: readonly PriceInput[]): Partial<Prices> {
  const entries = inputs.map(({ currencyCode, amount, compareAtAmount }) => {
    const { minor } = parseAmount(amount, currencyCode)
    const compareAtMinor = compareAtAmount == null ? null : parseAmount(compareAtAmount, currencyCode).minor
    return [currencyCode, { minor, compareAtMinor }] as const
  })
  return Object.fromEntries(entries)
}

const priceList = z
  .array(price)
  .min(1)
  .max(20)
  .refine((list) => new Set(list.map(({ currencyCode }) => currencyCode)).size === list.length, {
    error: 'each currency once',
  })

const somePrices = priceList.transform(pricesOf)

const allPrices = priceList
  .refine((list) => CURRENCIES.every((code) => list.some(({ currencyCode }) => currencyCode === code)), {
    error: `a price in each of ${CURRENCIES.join(', ')}`,
  })
  // The refinement has checked that every currency is present.
  .transform((list) => pricesOf(list) as Prices)

const cost = z
  .object({ currencyCode: currency, amount: z.string() })
  .superRefine(({ currencyCode, amount }, context) => {
    const message = allowedAmount(currencyCode, 0n)
    const fault = readAmount(amount, currencyCode, 0n) === null
    if (fault) context.addIssue({ code: 'custom', message, input: amount, path: ['amount'] })
  })
  .transform(({ currencyCode, amount }) => parseAmount(amount, currencyCode))

const newVariant = z
  .object({
    sku,
    title: lineOfText(200),
    options: optionsInput,
    weightGrams,
    prices: allPrices,
    costPrice: cost.nullish(),
  })
  .transform(({ costPrice, ...variant }) => ({ ...variant, cost: costPrice ?? null }))

export const createProductInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  slug,
  title: lineOfText(200),
  description: description.nullish().transform((value) => value ?? null),
  categoryId: idSchema('cat')
    .nullish()
    .transform((value) => value ?? null),
  variants: z.array(newVariant).min(1).max(MAX_VARIANTS),
})

export const updateProductInput = z.object({
  id: idSchema('prd'),
  expectedVersion: versionSchema,
  slug: z.optional(slug),
  title: z.optional(lineOfText(200)),
  description: z.optional(description.nullable()),
  categoryId: z.optional(idSchema('cat').nullable()),
})

export const productVersionInput = z.object({ id: idSchema('prd'), expectedVersion: versionSchema })

export const addVariantInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  productId: idSchema('prd'),
  variant: newVariant,
})

export const updateVariantInput = z
  .object({
    id: idSchema('var'),
    expectedVersion: versionSchema,
    sku: z.optional(sku),
    title: z.optional(lineOfText(200)),
    options: z.optional(optionsInput),
    weightGrams: z.optional(weightGrams),
    costPrice: z.optional(cost.nullable()),
  })
  .transform(({ costPrice, ...edit }) => (costPrice === undefined ? edit : { ...edit, cost: costPrice }))

export const changePriceInput = z.object({
  variantId: idSchema('var'),
  expectedVersion: versionSchema,
  prices: somePrices,
})

export const createCategoryInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  slug,
  name: lineOfText(100),
  parentId: idSchema('cat')
    .nullish()
    .transform((value) => value ?? null),
  position: position.nullish().transform((value) => value ?? 0),
})

export const updateCategoryInput = z.object({
  id: idSchema('cat'),
  expectedVersion: versionSchema,
  slug: z.optional(slug),
  name: z.optional(lineOfText(100)),
  parentId: z.optional(idSchema('cat').nullable()),
  position: z.optional(position),
})
