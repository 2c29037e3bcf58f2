import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenGadgetry, openGadgetry } from './testing/open-gadgetry.ts'

let shop: OpenGadgetry
beforeAll(async () => {
  shop = await openGadgetry()
})
afterAll(() => shop.close())

/** A sample message of its publisher. Subgraphs share such files, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test('creating and changing a gadget publish its complete state, with the fields of the sample', async () => {
  const customerId = newId('usr')
  const viewer = customer(customerId)
  const { id, product } = await shop.aGadget(viewer)
  await shop.accepted('updateGadget', { id, expectedVersion: 1, title: 'Warmer' }, viewer)
  const published = (await shop.outbox()).filter(({ subject }) => subject === id)
  const data = { gadgetId: id, customerId, productId: product.id }
  const type = 'gadgetry.gadget.changed'
  expect(published).toMatchObject([
    { type, sequence: 1, data: { ...data, title: 'Warm' } },
    { type, sequence: 2, data: { ...data, title: 'Warmer' } },
  ])
  const sample = sampleOf('gadgetry', type)
  expect(Object.keys(published[0]?.data as object).sort()).toEqual(Object.keys(sample.data as object).sort())
})

test('the newest state of a product wins, in any order of messages', async () => {
  const productId = newId('prd')
  for (const [status, sequence] of [
    ['ACTIVE', 2],
    ['DRAFT', 1],
    ['ARCHIVED', 3],
    ['ACTIVE', 2],
  ] as const)
    await shop.deliver('products.product.changed', { productId, status }, { subject: productId, sequence })
  const known = await shop.sql('SELECT status, sequence FROM known_product WHERE product_id = $1', productId)
  expect(known).toEqual([{ status: 'ARCHIVED', sequence: 3 }])
})

test('the sample message of products is accepted', async () => {
  const { type, data, ...about } = sampleOf('products', 'products.product.changed')
  await shop.deliver(type, data, about)
  expect(await shop.sql('SELECT sequence FROM known_product WHERE product_id = $1', about.subject)).toEqual([
    { sequence: about.sequence },
  ])
})
