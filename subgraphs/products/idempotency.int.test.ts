import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll } from 'vitest'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())

const editors = [staff('catalog:write'), staff('catalog:write')] as const
const SHOWS = { createProduct: 'product', createCategory: 'category', addVariant: 'variant' } as const

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name: keyof typeof SHOWS, input, viewer) => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) {
      ${SHOWS[name]} { id } userErrors { ... on UserError { __typename message } } } }`
    return shop.execute(query, { input }, viewer)
  },
  {
    createProduct: async () => ({
      callers: editors,
      input: productInput('hers'),
      other: productInput('hers', { title: 'Another title' }),
      theirs: productInput('his'),
      effect: ({ product }) => product.id,
    }),
    createCategory: async () => ({
      callers: editors,
      input: { slug: 'hers', name: 'Hers' },
      other: { slug: 'hers', name: 'Others' },
      theirs: { slug: 'his', name: 'His' },
      effect: ({ category }) => category.id,
    }),
    async addVariant(time) {
      const { id: productId } = await shop.draft(productInput(`with-more-${time}`))
      return {
        callers: editors,
        input: { productId, variant: variantInput('HERS-2', 2) },
        other: { productId, variant: variantInput('HERS-3', 3) },
        theirs: { productId, variant: variantInput('HIS-4', 4) },
        effect: ({ variant }) => variant.id,
      }
    },
  },
)
