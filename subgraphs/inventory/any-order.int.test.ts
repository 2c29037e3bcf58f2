import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireDue } from './expiry.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { violations } from './testing/violations.ts'

let now = new Date('2026-11-21T09:00:00Z')
const clock = () => now
let room: Stockroom
let warehouses: string[]

beforeAll(async () => {
  room = await openInventory({ clock })
  warehouses = [await room.addWarehouse('LEI-1'), await room.addWarehouse('OPO-1')]
})
afterAll(() => room.close())
expectEarlierRowsKept(() => room)

const orderNumber = fc.nat(3)
const step = fc.oneof(
  fc.record({
    do: fc.constant('reserve' as const),
    order: orderNumber,
    wants: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3)),
  }),
  fc.record({
    do: fc.constantFrom('commit' as const, 'release' as const, 'restock' as const),
    order: orderNumber,
  }),
  fc.record({
    do: fc.constant('return' as const),
    order: orderNumber,
    restockId: fc.constantFrom('rma_1', 'rma_2'),
    quantity: fc.integer({ min: 1, max: 3 }),
    to: fc.constantFrom(0, 1, null),
  }),
  fc.record({ do: fc.constant('repeat' as const), message: fc.nat(30) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ do: fc.constant('adjust' as const), level: fc.nat(3), delta: fc.integer({ min: -3, max: 3 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type Message = { type: string; data: { orderId: string; [field: string]: unknown }; id: string }

/** Delivers a message. One that fails is delivered again later, as on the bus. */
async function deliver({ type, data, id }: Message): Promise<void> {
  try {
    await room.deliver(type, data, { subject: data.orderId, id })
  } catch (error) {
    if (!String(error).includes('whose reservation ')) throw error
  }
}

async function play(steps: readonly Step[]): Promise<string[]> {
  const [leipzig = '', porto = ''] = warehouses
  const first = await room.addVariant({ warehouseId: leipzig, onHand: 4 }, { warehouseId: porto, onHand: 2 })
  const second = await room.addVariant({ warehouseId: leipzig, onHand: 1 }, { warehouseId: porto, onHand: 6 })
  const levels = [...first.levelIds, ...second.levelIds]
  const orders = Array.from({ length: 4 }, () => newId('ord'))
  const sent: Message[] = []
  const send = (type: string, data: Message['data']) => {
    const message = { type: `inventory.${type}`, data, id: newId('evt') }
    sent.push(message)
    return deliver(message)
  }
  for (const step of steps) {
    const orderId = 'order' in step ? (orders[step.order] ?? '') : ''
    if (step.do === 'reserve') {
      const wanted = [first, second].map(({ variantId }, i) => ({ variantId, quantity: step.wants[i] ?? 0 }))
      const lines = wanted.filter(({ quantity }) => quantity > 0)
      await send('reserve', { orderId, ttlSeconds: 60, lines })
    } else if (step.do === 'repeat') {
      const again = sent[step.message % Math.max(1, sent.length)]
      if (again) await deliver(again)
    } else if (step.do === 'wait') {
      now = new Date(now.getTime() + step.seconds * 1_000)
      await expireDue({ prisma: room.prisma, clock })
    } else if (step.do === 'adjust') {
      const input = {
        idempotencyKey: newId('evt'),
        stockLevelId: levels[step.level] ?? '',
        delta: step.delta,
      }
      await room.own.stockLevels.adjust(newId('usr'), { ...input, reason: 'COUNT_CORRECTION' })
    } else if (step.do === 'return') {
      const warehouseId = step.to === null ? null : warehouses[step.to]
      const lines = [{ variantId: first.variantId, quantity: step.quantity, warehouseId }]
      await send('restock', { orderId, restockId: step.restockId, lines })
    } else {
      await send(step.do, { orderId })
    }
  }
  return orders
}

/**
 * The ledger entries of one order at one level, in order. Units may return to a level that they did not
 * leave.
 */
const LIFE = /^RESERVED( RELEASED| EXPIRED| COMMITTED( RESTOCKED)*)?$|^RESTOCKED( RESTOCKED)*$/

async function ledgerOf(orders: readonly string[]): Promise<string[]> {
  const entries = await room.prisma.stockMovement.findMany({
    where: { orderId: { in: [...orders] } },
    orderBy: { id: 'asc' },
  })
  const lives = Map.groupBy(entries, ({ orderId, stockLevelId }) => `${orderId} ${stockLevelId}`)
  return [...lives.values()].map((life) => life.map(({ kind }) => kind).join(' '))
}

test('messages in any order, more than once, keep the books and have one effect each', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const orders = await play(steps)
      expect(await violations(room.prisma)).toEqual([])
      for (const life of await ledgerOf(orders)) expect(life).toMatch(LIFE)
      const reservations = await room.prisma.reservation.findMany({ where: { orderId: { in: orders } } })
      const said = await room.outbox()
      for (const { orderId, version } of reservations) {
        const sequences = said.filter(({ subject }) => subject === orderId)
        expect(sequences.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(
          Array.from({ length: version }, (_, i) => i + 1),
        )
      }
    }),
    { numRuns: 25 },
  )
})
