import { variantInput } from './open-products.ts'

/** Bad fields of an input, and the text that the refusal must contain: the value. */
export type Case = readonly [what: string, change: Record<string, unknown>, says: string]

/** A UUID without a row. */
export const UNKNOWN = '01930000-0000-7000-8000-00000000dead'
/** Texts that PostgreSQL or JSON cannot hold. */
export const NUL = 'a\u0000b'
const LONE = 'a\ud800b'

const usd = { currencyCode: 'USD', amount: '9.00' }

export const KEYS: Case[] = [
  ['no idempotency key', { idempotencyKey: undefined }, 'idempotencyKey'],
  ['an empty idempotency key', { idempotencyKey: '' }, 'idempotencyKey is ""'],
  ['an over-long idempotency key', { idempotencyKey: 'k'.repeat(201) }, 'idempotencyKey is "kkk'],
  ['an idempotency key that no text column takes', { idempotencyKey: NUL }, 'idempotencyKey is'],
  ['a null idempotency key', { idempotencyKey: null }, 'idempotencyKey'],
]
export const VERSIONS: Case[] = [
  ['no version', { expectedVersion: undefined }, 'expectedVersion'],
  ['version 0', { expectedVersion: 0 }, 'expectedVersion is 0'],
  ['a negative version', { expectedVersion: -1 }, 'expectedVersion is -1'],
  ['an overflowing version', { expectedVersion: 2_147_483_648 }, '2147483648'],
  ['a version of the wrong type', { expectedVersion: 'one' }, 'one'],
  ['a version to come', { expectedVersion: 7 }, 'expectedVersion is 7'],
]
export const id = (field: string, prefix: string): Case[] => [
  ['an empty id', { [field]: '' }, `${field} is ""`],
  ['a malformed id', { [field]: 'socks' }, `${field} is "socks"`],
  ['an id of something else', { [field]: `usr_${UNKNOWN}` }, `${field} is "usr_`],
  ['an id that no text column takes', { [field]: NUL }, `${field} is`],
  ['an unknown id', { [field]: `${prefix}_${UNKNOWN}` }, `"${prefix}_${UNKNOWN}"`],
  ['an id of the wrong type', { [field]: { a: 1 } }, field],
]
export const text = (field: string, most: number): Case[] => [
  [`an empty ${field}`, { [field]: '' }, `${field} is ""`],
  [`a blank ${field}`, { [field]: ' \n ' }, `${field} is`],
  [`an over-long ${field}`, { [field]: 'x'.repeat(most + 1) }, `${field} is "xxx`],
  [`a ${field} with a NUL`, { [field]: NUL }, `${field} is "a\\u0000b"`],
  [`a ${field} with half a character`, { [field]: LONE }, `${field} is "a\\ud800b"`],
  [`a ${field} of the wrong type`, { [field]: 42 }, '42'],
]
export const SLUGS: Case[] = [
  '',
  'Upper',
  'two--hyphens',
  '-edge',
  'edge-',
  'ünï',
  'a b',
  'x'.repeat(101),
  NUL,
].map((slug) => [`the slug ${JSON.stringify(slug.slice(0, 20))}`, { slug }, 'slug is'] as const)
export const CATEGORY = id('categoryId', 'cat')
export const PRICES: Case[] = [
  ['no prices', { prices: [] }, 'prices is []'],
  ['a price of zero', { prices: [{ ...usd, amount: '0' }] }, 'prices.0.amount is "0"'],
  ['a negative price', { prices: [{ ...usd, amount: '-1' }] }, 'prices.0.amount is "-1"'],
  ['too many decimals', { prices: [{ ...usd, amount: '1.999' }] }, 'prices.0.amount is "1.999"'],
  ['a fraction of a yen', { prices: [{ currencyCode: 'JPY', amount: '9.5' }] }, 'prices.0.amount is "9.5"'],
  ['an overflowing price', { prices: [{ ...usd, amount: '99999999999999' }] }, '"99999999999999"'],
  ['a price beyond all decimals', { prices: [{ ...usd, amount: '9'.repeat(40) }] }, '9999'],
  ['a price that is no number', { prices: [{ ...usd, amount: 'NaN' }] }, '"NaN"'],
  ['a price in floating point', { prices: [{ ...usd, amount: 9.5 }] }, '9.5'],
  ['an unknown currency', { prices: [{ ...usd, currencyCode: 'XYZ' }] }, '"XYZ"'],
  ['a currency twice', { prices: [usd, usd] }, 'each currency once'],
  ['21 prices', { prices: Array(21).fill(usd) }, 'at most 20'],
  [
    'a mark-down that is none',
    { prices: [{ ...usd, compareAtAmount: '9.00' }] },
    'compareAtAmount is "9.00"',
  ],
]
const OPTIONS: Case[] = [
  ['an empty option name', { options: [{ name: '', value: 'M' }] }, 'options.0.name is ""'],
  ['an over-long option name', { options: [{ name: 'x'.repeat(41), value: 'M' }] }, 'options.0.name is'],
  ['an over-long option', { options: [{ name: 'Size', value: 'x'.repeat(61) }] }, 'options.0.value is'],
  ['an option with a NUL', { options: [{ name: 'Size', value: NUL }] }, 'options.0.value is'],
  ['an option with half a character', { options: [{ name: LONE, value: 'M' }] }, 'options.0.name is'],
  ['six options', { options: [...'abcdef'].map((name) => ({ name, value: '1' })) }, 'at most 5'],
]
export const VARIANTS: Case[] = [
  ...['', 'lower', 'A B', 'X--L', 'XL-', 'X'.repeat(41), NUL].map(
    (sku) => [`the SKU ${sku.slice(0, 9)}`, { sku }, 'sku is'] as const,
  ),
  ...text('title', 200),
  ...OPTIONS,
  ['a weight of 0', { weightGrams: 0 }, 'weightGrams is 0'],
  ['a negative weight', { weightGrams: -5 }, 'weightGrams is -5'],
  ['a weight above 100 kg', { weightGrams: 100_001 }, 'weightGrams is 100001'],
  ['an overflowing weight', { weightGrams: 2_147_483_648 }, '2147483648'],
  ['a negative cost', { costPrice: { ...usd, amount: '-0.01' } }, 'costPrice.amount is "-0.01"'],
  ['a cost in an unknown currency', { costPrice: { ...usd, currencyCode: 'ABC' } }, '"ABC"'],
]
export const ofNewVariant = (
  cases: readonly Case[],
  wrap: (variant: object) => Record<string, unknown>,
): Case[] => cases.map(([what, change, says]) => [what, wrap({ ...variantInput('NEW-1'), ...change }), says])
