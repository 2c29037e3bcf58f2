import { checkOf, partOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import {
  addVariantInput,
  createCategoryInput,
  createProductInput,
  updateCategoryInput,
  updateProductInput,
  updateVariantInput,
} from './product-input.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const key = { idempotencyKey: 'a key' }
const version = { expectedVersion: 1 }
const variant = {
  sku: 'ACORN-M',
  title: 'M',
  options: [{ name: 'Size', value: 'M' }],
  weightGrams: 60,
  prices: ['USD', 'EUR', 'JPY'].map((currencyCode) => ({ currencyCode, amount: '10' })),
}
const addVariant = { ...key, productId: `prd_${uuid}`, variant }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  SelectedOptionInput: {
    check: partOf(
      (option) => ({ ...addVariant, variant: { ...variant, options: [option] } }),
      checkOf(addVariantInput),
    ),
    example: { name: 'Size', value: 'M' },
    fields: { name: 'LINE', value: 'LINE' },
  },
  NewVariantInput: {
    check: partOf((part) => ({ ...addVariant, variant: part }), checkOf(addVariantInput)),
    example: variant,
    fields: { sku: 'TOKEN', title: 'LINE' },
  },
  CreateProductInput: {
    check: checkOf(createProductInput),
    example: { ...key, slug: 'acorn', title: 'Acorn', description: 'Oak.', variants: [variant] },
    fields: { slug: 'TOKEN', title: 'LINE', description: 'LINES' },
  },
  UpdateProductInput: {
    check: checkOf(updateProductInput),
    example: { ...version, id: `prd_${uuid}` },
    fields: { slug: 'TOKEN', title: 'LINE', description: 'LINES' },
    refusesNull: ['slug', 'title'],
  },
  UpdateVariantInput: {
    check: checkOf(updateVariantInput),
    example: { ...version, id: `var_${uuid}` },
    fields: { sku: 'TOKEN', title: 'LINE' },
    refusesNull: ['sku', 'title', 'options', 'weightGrams'],
  },
  CreateCategoryInput: {
    check: checkOf(createCategoryInput),
    example: { ...key, slug: 'crew', name: 'Crew' },
    fields: { slug: 'TOKEN', name: 'LINE' },
  },
  UpdateCategoryInput: {
    check: checkOf(updateCategoryInput),
    example: { ...version, id: `cat_${uuid}` },
    fields: { slug: 'TOKEN', name: 'LINE' },
    refusesNull: ['slug', 'name', 'position'],
  },
})
