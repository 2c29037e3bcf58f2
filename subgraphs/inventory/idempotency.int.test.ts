import { keyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { type MutationName, mutations } from './testing/operations.ts'

// A key identifies one request of one mutation by one member of staff, so all of them may share this key.
const KEY = 'the only key in this file'

let room: Stockroom
beforeAll(async () => {
  room = await openInventory()
})
afterAll(() => room.close())

/** Runs all mutations with the key as one member of staff. Resolves to the entities of their payloads. */
async function keeper(code: string) {
  const viewer = staff('inventory:read', 'inventory:write')
  const run = async (name: MutationName, input: object) => {
    const { data, errors } = await room.execute(
      mutations[name],
      { input: { idempotencyKey: KEY, ...input } },
      viewer,
    )
    expect([name, errors, data[name].userErrors]).toEqual([name, [], []])
    return data[name]
  }
  const { variantId, levelIds } = await room.addVariant({
    warehouseId: await room.addWarehouse(`${code}-1`),
    onHand: 1,
  })
  return async () => {
    const { warehouse } = await run('createWarehouse', { code: `${code}-2`, name: code })
    const { stockLevel } = await run('createStockLevel', {
      variantId,
      warehouseId: warehouse.id,
      reorderPoint: 0,
    })
    const adjusted = await run('adjustStock', { stockLevelId: levelIds[0], delta: 2, reason: 'RECEIVED' })
    return {
      createWarehouse: warehouse.id,
      createStockLevel: stockLevel.id,
      adjustStock: adjusted.stockLevel,
    }
  }
}

test('a key of another member of staff, or of another mutation, is another key', async () => {
  const [ada, bob] = [await keeper('ADA'), await keeper('BOB')]
  const [hers, his] = [await ada(), await bob()]
  expect(his.createWarehouse).not.toBe(hers.createWarehouse)
  expect(his.createStockLevel).not.toBe(hers.createStockLevel)
  expect([hers.adjustStock.onHand, his.adjustStock.onHand]).toEqual([3, 3])
  expect(await ada()).toEqual(hers)
  expect(Object.keys(hers).sort()).toEqual(keyedMutations(new URL('schema.graphql', import.meta.url)))
})

test('one delivery that two people enter under one key was two deliveries', async () => {
  const warehouseId = await room.addWarehouse('EVE-1')
  const { levelIds } = await room.addVariant({ warehouseId, onHand: 0 })
  const input = { idempotencyKey: 'monday', stockLevelId: levelIds[0], delta: 5, reason: 'RECEIVED' }
  for (const onHand of [5, 10]) {
    const { data } = await room.execute(
      mutations.adjustStock,
      { input },
      staff('inventory:read', 'inventory:write'),
    )
    expect(data.adjustStock.stockLevel.onHand).toBe(onHand)
  }
})
