import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput } from './testing/open-products.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** The names and types of a value's parts; a list has the shape of its first entry. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [shapeOf(value[0])]
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]))
}

test.each(['products.product.changed', 'products.price.changed'])(
  '%s has the fields of its sample',
  async (type) => {
    const file = new URL(`event-samples/${type}.json`, import.meta.url)
    const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    const categoryId = await shop.category(type.replaceAll('.', '-'))
    const { id, version, variants } = await shop.onSale(
      productInput(type.replaceAll('.', '-'), { categoryId, description: 'Warm.' }),
    )
    const input = {
      variantId: variants.edges[0]?.node.id,
      expectedVersion: version,
      prices: [{ currencyCode: 'JPY', amount: '1500' }],
    }
    const { data } = await shop.execute(
      'mutation ($input: ChangePriceInput!) { changePrice(input: $input) { variant { id } } }',
      { input },
      shop.editor,
    )
    expect(data.changePrice.variant.id).toBe(input.variantId)

    const published = (await shop.outbox()).filter((row) => row.subject === id && row.type === type)
    const last = published.find(({ sequence }) => sequence === version + 1)
    expect(shapeOf(last?.data)).toEqual(shapeOf(sample.data))
    expect(last?.data).toMatchObject({ productId: id })
    expect(sample).toMatchObject({ type, source: 'products', data: { productId: sample.subject } })
  },
)

test('the progress of each copy is kept for the mutations that wait for it, and for an hour', async () => {
  const { copyProgress } = shop.own.prisma
  for (const consumer of ['inventory', 'orders', 'reviews']) {
    await shop.deliver(`${consumer}.product.applied`, { copyOf: 'prd_1', version: 3 })
    expect(await copyProgress.findMany({ where: { subject: 'prd_1' } })).toMatchObject([{ version: 3 }])
    await copyProgress.updateMany({ data: { recordedAt: new Date(Date.now() - 3_601_000) } })
    await shop.runTimer('forget-copy-progress')
    expect(await copyProgress.count()).toBe(0)
  }
  expect(shop.timers).toEqual({ 'forget-copy-progress': 3_600_000 })
})
