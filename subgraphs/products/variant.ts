import { isDeepStrictEqual } from 'node:util'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Money } from '@argyle/kit/money'
import {
  echo,
  type ValidationError,
  type VersionConflictError,
  validationError,
} from '@argyle/kit/user-errors'
import { productChanged } from './events.ts'
import type { Prices } from './price.ts'
import {
  changed,
  checkEditable,
  checkVersion,
  type ProductChange,
  type ProductStatusError,
  type WholeProduct,
} from './product.ts'

/** One choice, e.g. size M. */
export type SelectedOption = { readonly name: string; readonly value: string }

/** The unit of sale: a product in one size and colour. */
export type Variant = {
  readonly id: string
  readonly productId: string
  readonly sku: string
  readonly title: string
  readonly options: readonly SelectedOption[]
  readonly weightGrams: number
  /** The position among the product's variants, from 0. */
  readonly position: number
  readonly cost: Money | null
  readonly prices: Prices
}

export type NewVariant = Omit<Variant, 'productId' | 'position'>

export type NewProduct = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string | null
  readonly categoryId: string | null
  readonly variants: readonly NewVariant[]
}

export type VariantEdit = {
  readonly id: string
  readonly expectedVersion: number
  readonly sku?: string
  readonly title?: string
  readonly options?: readonly SelectedOption[]
  readonly weightGrams?: number
  readonly cost?: Money | null
}

/** Maximum number of variants of a product: its events carry all of them. */
export const MAX_VARIANTS = 100

/** Creates a draft with its first variants. */
export function draftProduct(
  { variants, ...head }: NewProduct,
  now: Date,
): Decision<ProductChange, ValidationError> {
  const placed = variants.map((variant, position) => ({ ...variant, productId: head.id, position }))
  const errors = [
    ...placed.flatMap((variant, index) =>
      optionFaults(variant, placed.slice(0, index), ['variants', String(index), 'options']),
    ),
    ...repeatedSkus(placed),
  ]
  if (errors.length > 0) return refuse(...errors)
  const product: WholeProduct = { ...head, status: 'DRAFT', version: 1, releasedAt: now, variants: placed }
  return accept({ product, events: [productChanged(product)] })
}

/** Adds a variant as the last one. */
export function addVariant(
  product: WholeProduct,
  variant: NewVariant,
): Decision<ProductChange, ProductStatusError | ValidationError> {
  const editable = checkEditable(product)
  if (!editable.ok) return editable
  const { variants } = product
  if (variants.length >= MAX_VARIANTS) {
    const message = `the product has ${variants.length} variants: allowed is at most ${MAX_VARIANTS}`
    return refuse(validationError(message, ['productId']))
  }
  const position = Math.max(-1, ...variants.map((other) => other.position)) + 1
  const placed = { ...variant, productId: product.id, position }
  const faults = optionFaults(placed, variants, ['variant', 'options'])
  if (faults.length > 0) return refuse(...faults)
  return accept(changed(product, { variants: [...variants, placed] }))
}

/** Changes a variant. The only variant of a product may have other option names than before. */
export function editVariant(
  product: WholeProduct,
  { id, expectedVersion, ...edit }: VariantEdit,
): Decision<ProductChange, VersionConflictError | ProductStatusError | ValidationError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const editable = checkEditable(product)
  if (!editable.ok) return editable
  const others = product.variants.filter((other) => other.id !== id)
  const variants = product.variants.map((other) => (other.id === id ? { ...other, ...edit } : other))
  const after = variants.find((other) => other.id === id)
  const faults = after ? optionFaults(after, others, ['options']) : []
  if (faults.length > 0) return refuse(...faults)
  if (
    !after ||
    isDeepStrictEqual(
      after,
      product.variants.find((other) => other.id === id),
    )
  ) {
    return accept({ product, events: [] })
  }
  return accept(changed(product, { variants }))
}

/** Checks a variant's options against those of the product's other variants. */
function optionFaults(
  { options }: Pick<Variant, 'options'>,
  others: readonly Pick<Variant, 'sku' | 'options'>[],
  path: string[],
): ValidationError[] {
  const names = options.map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) {
    return [validationError(`options name ${echo(repeated)} twice: allowed is each name once`, path)]
  }
  const [sibling] = others
  const expected = sibling?.options.map(({ name }) => name) ?? names
  if (expected.join('\n') !== names.join('\n')) {
    const message = `options name ${echo(names)}: allowed are the names of the other variants, ${echo(expected)}`
    return [validationError(message, path)]
  }
  const choice = choiceOf(options)
  const twin = others.find((other) => choiceOf(other.options) === choice)
  if (!twin) return []
  const values = options.map(({ value }) => value)
  return [
    validationError(
      `options are ${echo(values)}, like those of ${twin.sku}: allowed is what no other variant has`,
      path,
    ),
  ]
}

const choiceOf = (options: readonly SelectedOption[]) => options.map(({ value }) => value).join('\n')

function repeatedSkus(variants: readonly Variant[]): ValidationError[] {
  const skus = variants.map(({ sku }) => sku)
  return skus.flatMap((sku, index) =>
    skus.indexOf(sku) === index
      ? []
      : [
          validationError(`sku ${echo(sku)} is given twice: allowed is each once`, [
            'variants',
            String(index),
            'sku',
          ]),
        ],
  )
}
