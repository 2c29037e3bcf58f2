import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { afterAll, beforeAll } from 'vitest'
import { keeper, openInventory, type Stockroom } from './testing/open-inventory.ts'
import { mutations } from './testing/operations.ts'

const now = new Date('2026-11-21T09:00:00Z')
const actorId = keeper.kind === 'user' ? keeper.id : ''
let room: Stockroom
let warehouseId: string
beforeAll(async () => {
  room = await openInventory({ clock: () => now })
  warehouseId = await room.addWarehouse('LEI-1')
})
afterAll(() => room.close())

const key = () => ({ idempotencyKey: newId('evt') })

/** A level with 9 units of a new variant, of which 6 more are announced. */
async function aLevel(reorderPoint = 2) {
  const { variantId, levelIds } = await room.addVariant({ warehouseId, onHand: 9, incoming: 6, reorderPoint })
  const [stockLevelId = ''] = levelIds
  const level = {
    ...{ id: stockLevelId, variantId, warehouseId },
    ...{ onHand: 9, reserved: 0, incoming: 6, reorderPoint, version: 1 },
  }
  const changed = (change: object) => [
    { subjectId: stockLevelId, before: level, after: { ...level, version: 2, ...change } },
  ]
  return { variantId, stockLevelId, changed }
}

testAuditedMutations(
  new URL('schema.graphql', import.meta.url),
  () => room,
  (name, input, viewer) => room.execute(mutations[name], { input }, viewer),
  {
    async createWarehouse() {
      const after = { code: 'LOG-1', name: 'Logged', stocksNewVariants: false }
      const entries = [{ subjectId: null, before: null, after }]
      return { viewer: keeper, input: { ...key(), ...after }, entries }
    },
    async createStockLevel() {
      const { variantId } = await room.addVariant()
      const after = { variantId, warehouseId, reorderPoint: 3 }
      const entries = [{ subjectId: null, before: null, after }]
      return { viewer: keeper, input: { ...key(), ...after }, entries }
    },
    async adjustStock() {
      const { stockLevelId, changed } = await aLevel()
      const input = { ...key(), stockLevelId, delta: 4, reason: 'RECEIVED' }
      return { viewer: keeper, input, entries: changed({ onHand: 13, incoming: 2 }) }
    },
    async setIncomingStock() {
      const { stockLevelId, changed } = await aLevel()
      const input = { stockLevelId, expectedVersion: 1, incoming: 7 }
      return { viewer: keeper, input, entries: changed({ incoming: 7 }) }
    },
    async setReorderPoint() {
      const { stockLevelId, changed } = await aLevel()
      const input = { stockLevelId, expectedVersion: 1, reorderPoint: 4 }
      return { viewer: keeper, input, entries: changed({ reorderPoint: 4 }) }
    },
    async acknowledgeLowStockAlert() {
      const { variantId, stockLevelId } = await aLevel(8)
      await room.deliver('inventory.reserve', { orderId: newId('ord'), lines: [{ variantId, quantity: 1 }] })
      const { id } = await room.prisma.lowStockAlert.findFirstOrThrow({ where: { stockLevelId } })
      const after = { acknowledgedAt: now.toISOString(), acknowledgedBy: actorId }
      return {
        viewer: keeper,
        input: { alertId: id },
        entries: [{ subjectId: id, before: {}, after }],
      }
    },
  },
)
