import { newId } from '@argyle/kit/ids'
import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anInput, type OpenGadgetry, openGadgetry } from './testing/open-gadgetry.ts'

let shop: OpenGadgetry
beforeAll(async () => {
  shop = await openGadgetry()
})
afterAll(() => shop.close())

test('concurrent and later requests with the same key create one gadget', async () => {
  const viewer = customer(newId('usr'))
  const input = anInput(await shop.aProduct())
  const gadgets = await shop.manyAtOnce(4, () => shop.accepted('createGadget', input, viewer))
  gadgets.push(await shop.accepted('createGadget', input, viewer))
  expect(new Set(gadgets.map(({ id }) => id)).size).toBe(1)
  expect(await shop.sql('SELECT 1 FROM gadget WHERE product_id = $1', input.productId)).toHaveLength(1)
})

test('the same key with another input is refused', async () => {
  const viewer = customer(newId('usr'))
  const input = anInput(await shop.aProduct())
  await shop.accepted('createGadget', input, viewer)
  const { data } = await shop.mutate('createGadget', { ...input, title: 'Cold' }, viewer)
  expect(data.createGadget.userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReusedError' }])
})

test('the same key by another customer creates another gadget', async () => {
  const input = anInput(await shop.aProduct())
  const hers = await shop.accepted('createGadget', input, customer(newId('usr')))
  const his = await shop.accepted('createGadget', input, customer(newId('usr')))
  expect(his.id).not.toBe(hers.id)
})

test('createGadget is the only mutation that takes an idempotency key', async () => {
  expect(keyedMutations(new URL('schema.graphql', import.meta.url))).toEqual(['createGadget'])
})
