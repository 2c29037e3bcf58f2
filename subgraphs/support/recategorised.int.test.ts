import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BUYERS_AT_ONCE, markBuyers, PRODUCTS_AT_ONCE } from './segment/recategorised.ts'
import type { Resources } from './subgraph.ts'
import { segmentsOf } from './testing/a-segment.ts'
import { aMarketer, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
})
afterAll(() => shop.close())
beforeEach(() => shop.sql('TRUNCATE sale, customer, recategorised_product'))

const prisma = () => shop.resources.prisma as Resources['prisma']
const queued = () =>
  shop.sql<{ product_id: string; through: string }>(
    'SELECT product_id, through FROM recategorised_product ORDER BY 1',
  )
const due = () => shop.sql<{ user_id: string }>('SELECT user_id FROM customer WHERE due_at IS NOT NULL')

/** Runs this number of the timer's transactions, as if the process ended after them. */
async function transactions(count: number) {
  let left = count
  const some = {
    $transaction: (run: Parameters<Resources['prisma']['$transaction']>[0]) => {
      if (left-- === 0) throw new Error('The process ends.')
      return prisma().$transaction(run)
    },
  }
  // The timer uses this one function of the client.
  await expect(markBuyers(some as Pick<Resources['prisma'], '$transaction'>)).rejects.toThrow('ends')
}

async function aProductOf(buyers: number): Promise<string> {
  const productId = newId('prd')
  await shop.sql(
    `INSERT INTO sale (order_id, sequence, status, buyer, placed_at, product_ids)
     SELECT $1 || n || '_' || twice, 4, 'SOLD', $1 || '_usr_' || lpad(n::text, 6, '0'), $2, ARRAY['another', $1]
       FROM generate_series(1, $3::int) n, generate_series(1, 2) twice`,
    ...[productId, shop.passMinutes(0), buyers],
  )
  return productId
}

const recategorise = (productId: string, categoryId: string | null, sequence: number) =>
  crm.deliverNow(
    'products.product.changed',
    { productId, status: 'ACTIVE', categoryId },
    { subject: productId, sequence },
  )

test('a new category marks nobody at once; the buyers follow in batches, also after an end between two of them', async () => {
  const productId = await aProductOf(BUYERS_AT_ONCE + 1)
  await recategorise(productId, newId('cat'), 1)
  expect([await due(), await queued()]).toEqual([[], [{ product_id: productId, through: '' }]])
  await transactions(1)
  expect(await due()).toHaveLength(BUYERS_AT_ONCE)
  const through = `${productId}_usr_${String(BUYERS_AT_ONCE).padStart(6, '0')}`
  expect(await queued()).toEqual([{ product_id: productId, through }])
  await shop.sql('UPDATE customer SET due_at = NULL')
  await markBuyers(prisma())
  expect(await due()).toEqual([
    { user_id: `${productId}_usr_${String(BUYERS_AT_ONCE + 1).padStart(6, '0')}` },
  ])
  expect(await queued()).toEqual([])
})

test('exactly a batch of buyers is marked, and nothing is left', async () => {
  const productId = await aProductOf(BUYERS_AT_ONCE)
  await recategorise(productId, newId('cat'), 1)
  await markBuyers(prisma())
  expect([(await due()).length, await queued()]).toEqual([BUYERS_AT_ONCE, []])
})

test('more products than one transaction takes are all done', async () => {
  const ids: string[] = []
  for (let made = 0; made <= PRODUCTS_AT_ONCE; made++) ids.push(await aProductOf(1))
  for (const productId of ids) await recategorise(productId, newId('cat'), 1)
  await transactions(1)
  expect([(await due()).length, (await queued()).length]).toEqual([PRODUCTS_AT_ONCE, 1])
  await markBuyers(prisma())
  expect([(await due()).length, (await queued()).length]).toEqual([PRODUCTS_AT_ONCE + 1, 0])
})

test('a product that is queued while another is half done starts with its first buyer', async () => {
  const [late, half] = [await aProductOf(1), await aProductOf(BUYERS_AT_ONCE + 1)]
  await recategorise(half, newId('cat'), 1)
  await transactions(1)
  await recategorise(late, newId('cat'), 1)
  await markBuyers(prisma())
  const marked = (await due()).map(({ user_id: id }) => id)
  expect([marked.length, marked.includes(`${late}_usr_000001`)]).toEqual([BUYERS_AT_ONCE + 2, true])
})

test('a product that changes again begins anew; the same category, and an older message, do not', async () => {
  const productId = await aProductOf(BUYERS_AT_ONCE + 1)
  const categoryId = newId('cat')
  await recategorise(productId, categoryId, 2)
  await transactions(1)
  const [before] = await queued()
  await recategorise(productId, categoryId, 3)
  await recategorise(productId, newId('cat'), 1)
  expect(await queued()).toEqual([before])
  await recategorise(productId, null, 4)
  expect(await queued()).toEqual([{ product_id: productId, through: '' }])
})

test('a change that waits for another is compared with what that one leaves', async () => {
  const productId = await aProductOf(1)
  const categoryId = newId('cat')
  await recategorise(productId, categoryId, 1)
  await markBuyers(prisma())
  const other = `UPDATE known_product SET category_id = $2, sequence = 2 WHERE product_id = $1 RETURNING 1`
  const { delivered } = await shop.whileLocked(other, [productId, newId('cat')], async () => {
    const delivered = recategorise(productId, categoryId, 3)
    await shop.untilWaiting(1, [delivered])
    return { delivered }
  })
  await delivered
  expect(await queued()).toEqual([{ product_id: productId, through: '' }])
})

test('a product that another replica works on is left to it', async () => {
  const [theirs, own] = [await aProductOf(1), await aProductOf(1)]
  for (const productId of [theirs, own]) await recategorise(productId, newId('cat'), 1)
  const lock = 'SELECT 1 FROM recategorised_product WHERE product_id = $1 FOR UPDATE'
  await shop.whileLocked(lock, [theirs], () => markBuyers(prisma()))
  expect(await queued()).toEqual([{ product_id: theirs, through: '' }])
  expect(await due()).toEqual([{ user_id: `${own}_usr_000001` }])
})

test('segments are not said to be current while buyers wait', async () => {
  const productId = await aProductOf(1)
  const told = shop.passMinutes(1).toISOString()
  await recategorise(productId, newId('cat'), 1)
  shop.passMinutes(5)
  for (const [id, sequence] of [
    [productId, 2],
    [await aProductOf(1), 1],
  ] as const)
    await recategorise(id, newId('cat'), sequence)
  await crm.aSale(null)
  const through = async () =>
    (await shop.execute('{ segmentsProcessedThrough }', {}, aMarketer())).data.segmentsProcessedThrough
  expect(await through()).toBe(told)
  await markBuyers(prisma())
  expect(await through()).toBe(told)
  await crm.work()
  expect(await through()).toBe(shop.passMinutes(0).toISOString())
})
