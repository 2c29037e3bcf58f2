import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { mutations } from './testing/operations.ts'

let room: Stockroom
beforeAll(async () => {
  room = await openInventory()
})
afterAll(() => room.close())

const aKeeper = () => staff('inventory:read', 'inventory:write')
// The same for all mutations: one key is one for each of them.
const callers = [aKeeper(), aKeeper()] as const

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => room,
  (name, input, viewer) => room.execute(mutations[name], { input }, viewer),
  {
    createWarehouse: async () => ({
      callers,
      input: { code: 'ADA-1', name: 'Hers' },
      other: { code: 'ADA-2', name: 'Hers' },
      theirs: { code: 'BOB-1', name: 'His' },
      effect: ({ warehouse }) => warehouse.id,
    }),
    async createStockLevel(time) {
      const { variantId } = await room.addVariant()
      const [hers, other, his] = await Promise.all(
        ['HERS', 'ELSE', 'HIS'].map((code) => room.addWarehouse(`${code}-${time}`)),
      )
      const level = { variantId, reorderPoint: 0 }
      return {
        callers,
        input: { ...level, warehouseId: hers },
        other: { ...level, warehouseId: other },
        theirs: { ...level, warehouseId: his },
        effect: ({ stockLevel }) => stockLevel.id,
      }
    },
    async adjustStock(time) {
      const warehouseId = await room.addWarehouse(`ADJUST-${time}`)
      const { levelIds } = await room.addVariant({ warehouseId, onHand: 1 })
      const input = { stockLevelId: levelIds[0], delta: 2, reason: 'RECEIVED' }
      return {
        callers,
        input,
        other: { ...input, delta: 3 },
        effect: ({ stockLevel }) => stockLevel.onHand,
      }
    },
  },
)

test('one delivery that two people enter under one key was two deliveries', async () => {
  const warehouseId = await room.addWarehouse('EVE-1')
  const { levelIds } = await room.addVariant({ warehouseId, onHand: 0 })
  const input = { idempotencyKey: 'monday', stockLevelId: levelIds[0], delta: 5, reason: 'RECEIVED' }
  for (const onHand of [5, 10]) {
    const { data } = await room.execute(mutations.adjustStock, { input }, aKeeper())
    expect(data.adjustStock.stockLevel.onHand).toBe(onHand)
  }
})
