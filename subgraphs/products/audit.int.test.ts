import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())

/** The value that each mutation returns beside its errors. */
const VALUES = {
  createProduct: 'product',
  updateProduct: 'product',
  publishProduct: 'product',
  archiveProduct: 'product',
  addVariant: 'variant',
  updateVariant: 'variant',
  changePrice: 'variant',
  createCategory: 'category',
  updateCategory: 'category',
} as const

function run(name: keyof typeof VALUES, input: object, viewer: Viewer = shop.editor) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const value = `${VALUES[name]} { id } userErrors { ... on UserError { message } }`
  return shop.execute(`mutation ($input: ${type}) { ${name}(input: $input) { ${value} } }`, { input }, viewer)
}

const key = () => ({ idempotencyKey: newId('tst') })
/** A slug, and a SKU, that no other row has. */
const aSlug = () => newId('tst').toLowerCase().replaceAll('_', '-')
const aSku = () => aSlug().toUpperCase()
const draft = () => shop.draft(productInput(aSlug(), { variants: [variantInput(aSku())] }))
const variantOf = async () => {
  const { id, variants } = await draft()
  return { productId: id, id: variants.edges[0]?.node.id ?? '' }
}
/** The entry of a change by the editor. */
const changed = (input: object, subjectId: string | null, before: object | null, after: object) => ({
  viewer: shop.editor,
  input,
  entries: [{ subjectId, before, after }],
})

testAuditedMutations(new URL('schema.graphql', import.meta.url), () => shop, run, {
  async createProduct() {
    const sku = aSku()
    const { slug, title, ...input } = productInput(aSlug(), { variants: [variantInput(sku)] })
    const after = { slug, title, status: 'DRAFT', version: 1, variants: [{ sku, weightGrams: 60 }] }
    return changed({ slug, title, ...input }, null, null, after)
  },
  async updateProduct() {
    const { id, slug } = await draft()
    const before = { slug, description: null, version: 1 }
    const input = { id, expectedVersion: 1, description: 'Warm.' }
    return changed(input, id, before, { slug, description: 'Warm.', version: 2 })
  },
  async publishProduct() {
    const { id } = await draft()
    const after = { status: 'ACTIVE', version: 2 }
    return changed({ id, expectedVersion: 1 }, id, { status: 'DRAFT', version: 1 }, after)
  },
  async archiveProduct() {
    const { id } = await shop.onSale(productInput(aSlug(), { variants: [variantInput(aSku())] }))
    const after = { status: 'ARCHIVED', version: 3 }
    return changed({ id, expectedVersion: 2 }, id, { status: 'ACTIVE', version: 2 }, after)
  },
  async addVariant() {
    const [{ id: productId }, sku] = [await draft(), aSku()]
    const input = { ...key(), productId, variant: variantInput(sku, 2) }
    return changed(input, null, null, { sku, productId, weightGrams: 60, position: 1 })
  },
  async updateVariant() {
    const { id } = await variantOf()
    const input = { id, expectedVersion: 1, weightGrams: 75 }
    return changed(input, id, { id, weightGrams: 60 }, { id, weightGrams: 75 })
  },
  async changePrice() {
    const { id: variantId } = await variantOf()
    const prices = [{ currencyCode: 'USD', amount: '9.95' }]
    const of = (minor: string) => ({ id: variantId, prices: { USD: { minor }, EUR: { minor: '1100' } } })
    return changed({ variantId, expectedVersion: 1, prices }, variantId, of('1200'), of('995'))
  },
  async createCategory() {
    const category = { slug: aSlug(), name: 'Crew', parentId: null, position: 3 }
    return changed({ ...key(), ...category }, null, null, { ...category, version: 1 })
  },
  async updateCategory() {
    const slug = aSlug()
    const id = await shop.category(slug)
    const before = { slug, name: slug, version: 1 }
    return changed({ id, expectedVersion: 1, name: 'Crew' }, id, before, { slug, name: 'Crew', version: 2 })
  },
})

const actionsOn = async (id: string) => {
  const rows = await shop.own.prisma.auditEntry.findMany({ where: { subjectId: id } })
  return rows.map(({ action }) => action)
}

test('a refused change is not kept, and neither is one to the same', async () => {
  const { id, variants } = await draft()
  await run('updateProduct', { id, expectedVersion: 2, title: 'Refused: another version' })
  await run('updateVariant', { id: variants.edges[0]?.node.id, expectedVersion: 1, weightGrams: 60 })
  expect(await actionsOn(id)).toEqual(['createProduct'])
  // Changes of a variant are found by its own id.
  expect(await actionsOn(variants.edges[0]?.node.id ?? '')).toEqual([])
})

test('an own field of a product is kept without its variants', async () => {
  const { id } = await draft()
  await run('publishProduct', { id, expectedVersion: 1 })
  const [{ after } = { after: null }] = await shop.own.prisma.auditEntry.findMany({
    where: { subjectId: id, action: 'publishProduct' },
  })
  expect(after).not.toHaveProperty('variants')
})

test('a repeated idempotency key is one change', async () => {
  const { id } = await draft()
  const sku = aSku()
  const input = { ...key(), productId: id, variant: variantInput(sku, 2) }
  await run('addVariant', input)
  await run('addVariant', input)
  const added = await shop.own.prisma.auditEntry.findMany({ where: { action: 'addVariant' } })
  expect(added.filter(({ after }) => Object(after).sku === sku)).toHaveLength(1)
})

test('only staff with audit:read read it', async () => {
  const { errors } = await shop.execute('{ productsAudit { edges { cursor } } }', {}, shop.editor)
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
})
