import { newId } from '@argyle/kit/ids'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())

const AUDIT = `query ($of: ID) { productsAudit(subjectId: $of) {
  edges { node { action actorId before after } } } }`

/** The changes of a product, a variant or a category, newest first, with both states parsed. */
async function changesOf(id: string) {
  const { data, errors } = await shop.execute(AUDIT, { of: id }, staff('audit:read'))
  expect(errors).toEqual([])
  type Row = { action: string; actorId: string; before: string | null; after: string | null }
  const rows: Row[] = data.productsAudit.edges.map(({ node }: { node: Row }) => node)
  return rows.map(({ before, after, ...row }) => ({
    ...row,
    before: JSON.parse(before ?? 'null'),
    after: JSON.parse(after ?? 'null'),
  }))
}

const actorId = () => (shop.editor.kind === 'user' ? shop.editor.id : '')

async function mutate(name: string, input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const mutation = `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { ... on UserError { message } } } }`
  const { data, errors } = await shop.execute(mutation, { input }, shop.editor)
  expect(errors).toEqual([])
  return data[name].userErrors
}

test('each change of a product is kept, with who, what it was and what it became', async () => {
  const { id } = await shop.onSale(productInput('logged-crew'))
  await mutate('updateProduct', { id, expectedVersion: 2, title: 'Logged' })
  await mutate('updateProduct', { id, expectedVersion: 2, title: 'Refused: another version' })
  await mutate('archiveProduct', { id, expectedVersion: 3 })
  expect(await changesOf(id)).toMatchObject([
    {
      action: 'archiveProduct',
      actorId: actorId(),
      before: { status: 'ACTIVE' },
      after: { status: 'ARCHIVED' },
    },
    {
      action: 'updateProduct',
      before: { title: 'logged crew', version: 2 },
      after: { title: 'Logged', version: 3 },
    },
    { action: 'publishProduct', before: { status: 'DRAFT' }, after: { status: 'ACTIVE' } },
    {
      action: 'createProduct',
      before: null,
      after: { slug: 'logged-crew', variants: [{ sku: 'LOGGED-CREW-1' }] },
    },
  ])
})

test('changes of a variant are found by its id, prices to the minor unit', async () => {
  const { id, variants } = await shop.draft(productInput('priced-crew'))
  const variantId = variants.edges[0]?.node.id ?? ''
  const prices = [{ currencyCode: 'USD', amount: '9.95' }]
  await mutate('changePrice', { variantId, expectedVersion: 1, prices })
  await mutate('updateVariant', { id: variantId, expectedVersion: 2, weightGrams: 75 })
  expect(await changesOf(variantId)).toMatchObject([
    { action: 'updateVariant', before: { weightGrams: 60 }, after: { weightGrams: 75 } },
    {
      action: 'changePrice',
      before: { prices: { USD: { minor: '1200' } } },
      after: { prices: { USD: { minor: '995' } } },
    },
  ])
  expect((await changesOf(id)).map(({ action }) => action)).toEqual(['createProduct'])
})

test('a repeated idempotency key is one change', async () => {
  const { id } = await shop.draft(productInput('added-crew'))
  const input = { idempotencyKey: newId('tst'), productId: id, variant: variantInput('ADDED-CREW-2', 2) }
  await mutate('addVariant', input)
  await mutate('addVariant', input)
  const added = await shop.resources.prisma.$queryRawUnsafe(
    "SELECT before, after FROM audit_entry WHERE action = 'addVariant'",
  )
  expect(added).toMatchObject([{ before: null, after: { sku: 'ADDED-CREW-2', productId: id } }])
})

test('categories, too', async () => {
  const id = await shop.category('logged-socks')
  await mutate('updateCategory', { id, expectedVersion: 1, name: 'Socks that are logged' })
  expect(await changesOf(id)).toMatchObject([
    {
      action: 'updateCategory',
      actorId: actorId(),
      before: { name: 'logged-socks' },
      after: { name: 'Socks that are logged' },
    },
    { action: 'createCategory', before: null, after: { slug: 'logged-socks' } },
  ])
})

test('only staff with audit:read read it', async () => {
  const { errors } = await shop.execute(AUDIT, {}, shop.editor)
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
})
