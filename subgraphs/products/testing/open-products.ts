import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { staff, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { products, type Resources } from '../subgraph.ts'

/** A variant's input; `number` distinguishes the variants of a product. */
export function variantInput(sku: string, number = 1, usd = '12.00') {
  return {
    sku,
    title: `Navy / ${number}`,
    options: [
      { name: 'Colour', value: 'Navy' },
      { name: 'Size', value: String(number) },
    ],
    weightGrams: 60,
    prices: [
      { currencyCode: 'USD', amount: usd },
      { currencyCode: 'EUR', amount: '11.00', compareAtAmount: '13.50' },
      { currencyCode: 'JPY', amount: '1800' },
    ],
    costPrice: { currencyCode: 'USD', amount: '4.20' },
  }
}

export function productInput(slug: string, change: Record<string, unknown> = {}) {
  return {
    idempotencyKey: newId('tst'),
    slug,
    title: slug.replaceAll('-', ' '),
    variants: [variantInput(`${slug.toUpperCase()}-1`)],
    ...change,
  }
}

const PRODUCT = 'id slug title status version variants { edges { node { id sku title } } }'
const CREATE = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { product { ${PRODUCT} } userErrors { __typename ... on UserError { message path } } } }`
const PUBLISH = `mutation ($input: PublishProductInput!) {
  publishProduct(input: $input) { product { ${PRODUCT} } userErrors { __typename ... on UserError { message path } } } }`
const CATEGORY = `mutation ($input: CreateCategoryInput!) {
  createCategory(input: $input) { category { id } userErrors { ... on UserError { message path } } } }`

export type MadeProduct = {
  id: string
  slug: string
  status: string
  version: number
  variants: { edges: { node: { id: string; sku: string } }[] }
}

/** The products subgraph on an empty database, with helpers to fill it as staff do. */
export async function openProducts({
  definition = products,
  ...options
}: TestOptions & { definition?: typeof products } = {}) {
  const subgraph = await testSubgraph(definition, options)
  const editor: Viewer = staff('catalog:write')

  async function draft(input: ReturnType<typeof productInput>): Promise<MadeProduct> {
    const { data, errors } = await subgraph.execute(CREATE, { input }, editor)
    const made = data?.createProduct
    if (!made?.product) throw new Error(JSON.stringify(errors[0] ?? made?.userErrors))
    return made.product
  }

  return {
    ...subgraph,
    // The subgraph's own definition opened the resources.
    own: subgraph.resources as unknown as Resources,
    editor,
    draft,

    async onSale(input: ReturnType<typeof productInput>): Promise<MadeProduct> {
      const { id, version } = await draft(input)
      const { data } = await subgraph.execute(PUBLISH, { input: { id, expectedVersion: version } }, editor)
      return data.publishProduct.product
    },

    async category(slug: string, parentId: string | null = null): Promise<string> {
      const input = { idempotencyKey: newId('tst'), slug, name: slug, parentId }
      const { data, errors } = await subgraph.execute(CATEGORY, { input }, editor)
      if (!data?.createCategory?.category) throw new Error(JSON.stringify(errors[0] ?? data))
      return data.createCategory.category.id
    },
  }
}

export type Catalogue = Awaited<ReturnType<typeof openProducts>>
