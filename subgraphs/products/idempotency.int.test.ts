import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

// A key belongs to one mutation of one member of staff, so all tests can use the same one.
const KEY = 'the only key in this file'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())

/**
 * The mutations with a key, by name: their selection, and an input in which `name` differs between callers.
 */
const MUTATIONS = {
  createProduct: { shows: 'product', input: (name: string) => productInput(name) },
  createCategory: { shows: 'category', input: (name: string) => ({ slug: name, name }) },
  addVariant: {
    shows: 'variant',
    input: (name: string, productId: string) => ({
      productId,
      variant: variantInput(`${name.toUpperCase()}-2`, 2),
    }),
  },
}

/** A member of staff who runs all mutations with the key: each run returns the ids of the created rows. */
async function editor(name: string): Promise<() => Promise<Record<string, string>>> {
  const viewer = staff('catalog:write')
  const { id: productId } = await shop.draft(productInput(`${name}-stock`))
  return async () => {
    const ids: Record<string, string> = {}
    for (const [mutation, { shows, input }] of Object.entries(MUTATIONS)) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) {
        ${shows} { id } userErrors { ... on UserError { message } } } }`
      const whole = { ...input(name, productId), idempotencyKey: KEY }
      const { data, errors } = await shop.execute(query, { input: whole }, viewer)
      expect([mutation, errors, data[mutation].userErrors]).toEqual([mutation, [], []])
      ids[mutation] = data[mutation][shows].id
    }
    return ids
  }
}

test('a key of another member of staff, or of another mutation, is another key', async () => {
  const [ada, bob] = [await editor('ada'), await editor('bob')]
  const [hers, his] = [await ada(), await bob()]
  for (const mutation of Object.keys(MUTATIONS)) expect(his[mutation]).not.toBe(hers[mutation])
  expect(await ada()).toEqual(hers)
})

test('these are all mutations that take a key', async () => {
  const keyed = keyedMutations(new URL('schema.graphql', import.meta.url))
  expect(Object.keys(MUTATIONS).sort()).toEqual(keyed)
})
