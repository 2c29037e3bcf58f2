import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aSegment, segmentsOf } from './testing/a-segment.ts'
import { aMarketer, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const deliverCategory = (categoryId: string, parentId: string | null, sequence = 1) =>
  crm.deliverNow(
    'products.category.changed',
    { categoryId, parentId, slug: 'x', name: 'X', position: 0 },
    { subject: categoryId, sequence },
  )

async function aCategory(parentId: string | null = null): Promise<string> {
  const categoryId = newId('cat')
  await deliverCategory(categoryId, parentId)
  return categoryId
}

async function aProduct(categoryId: string): Promise<string> {
  const productId = newId('prd')
  const data = { productId, status: 'ACTIVE', categoryId }
  await crm.deliverNow('products.product.changed', data, { subject: productId, sequence: 1 })
  return productId
}

/** A customer who bought a product of the category. */
async function aBuyer(categoryId: string): Promise<string> {
  const ada = await crm.aCustomer()
  await crm.aSale(ada, { productId: await aProduct(categoryId) })
  await crm.work()
  return ada
}

const isBuilding = async (id: string) =>
  (await shop.execute('query ($id: ID!) { segment(id: $id) { isBuilding } }', { id }, aMarketer())).data
    .segment.isBuilding

test('a buyer of a category is one of each category above it, and the reason says by which', async () => {
  const outdoor = await aCategory()
  const walking = await aCategory(outdoor)
  const hiking = await aCategory(walking)
  const beside = await aCategory(outdoor)
  const ada = await aBuyer(hiking)
  // A product of a cancelled order is not bought.
  await crm.aSale(ada, { productId: await aProduct(beside), status: 'CANCELLED' })
  await crm.work()
  const above = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [outdoor] }])
  const itself = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [hiking] }])
  const both = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [outdoor, walking] }])
  const sibling = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [beside] }])
  const not = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [walking], isNot: true }])
  for (const id of [above, itself, both]) expect(await crm.membersOf(id)).toEqual([ada])
  for (const id of [sibling, not]) expect(await crm.membersOf(id)).not.toContain(ada)
  const reasons = (await crm.shownOf(ada)).segments.map((one: { reasons: object[] }) => one.reasons[0])
  expect(reasons).toEqual(
    expect.arrayContaining([
      { fact: 'CATEGORY', text: `categories bought: ${outdoor} by ${hiking} below it` },
      { fact: 'CATEGORY', text: `categories bought: ${hiking}` },
      // The nearer one of two above it.
      { fact: 'CATEGORY', text: `categories bought: ${walking} by ${hiking} below it` },
    ]),
  )
})

test('members follow a category that moves; an older message and a repeated one have no effect', async () => {
  const [summer, winter] = [await aCategory(), await aCategory()]
  const wool = await aCategory(summer)
  const ada = await aBuyer(wool)
  const id = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [winter] }])
  const other = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '1' }])
  expect(await crm.membersOf(id)).toEqual([])
  await deliverCategory(wool, winter, 3)
  expect([await isBuilding(id), await isBuilding(other)]).toEqual([true, false])
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([ada])
  await deliverCategory(wool, summer, 2)
  await deliverCategory(wool, winter, 3)
  await deliverCategory(wool, winter, 4)
  // A new category without one above it changes the place of no other.
  await aCategory()
  expect(await isBuilding(id)).toBe(false)
  await deliverCategory(wool, null, 5)
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([])
})

test('members follow each category that moves, also after one in the same batch that stays', async () => {
  const [summer, winter] = [await aCategory(), await aCategory()]
  const [stays, moves] = [await aCategory(summer), await aCategory(summer)]
  const ada = await aBuyer(moves)
  const id = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [winter] }])
  const cause = { correlationId: 'test', causationId: null, traceparent: null, replayed: true }
  const messages = [stays, moves].map((categoryId) => ({
    ...{ id: newId('evt'), source: 'products', type: 'products.category.changed', subject: categoryId },
    ...{ sequence: 2, time: shop.passMinutes(0).toISOString(), ...cause },
    data: { categoryId, parentId: categoryId === moves ? winter : summer },
  }))
  await shop.deliver('support.replay', { messages })
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([ada])
})

test('a category by an alternative follows a move, too', async () => {
  const [summer, cotton] = [await aCategory(), await aCategory()]
  const ada = await aBuyer(cotton)
  const alternatives = [
    {
      anyOf: [
        { fact: 'COUNTRY', in: ['ZA'] },
        { fact: 'CATEGORY', in: [summer] },
      ],
    },
  ]
  const { id } = await shop.accepted('createSegment', aSegment({ all: [], alternatives }), aMarketer())
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([])
  await deliverCategory(cotton, summer, 2)
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([ada])
})

test('a product that arrives before its category counts once the category arrives', async () => {
  const [outdoor, hiking] = [newId('cat'), newId('cat')]
  const id = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [outdoor] }])
  const ada = await aBuyer(hiking)
  expect(await crm.membersOf(id)).toEqual([])
  await deliverCategory(hiking, outdoor)
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([ada])
})

test('categories in a circle, as messages in another order make it, are evaluated all the same', async () => {
  const [one, two] = [newId('cat'), newId('cat')]
  await deliverCategory(one, two)
  await deliverCategory(two, one)
  const ada = await aBuyer(one)
  expect(await crm.membersOf(await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [two] }]))).toEqual([ada])
})

test('a segment that is created while a category moves is evaluated with the new tree', async () => {
  const [summer, linen] = [await aCategory(), await aCategory()]
  const ada = await aBuyer(linen)
  const lock = 'SELECT pg_advisory_xact_lock(4303)'
  const rule = aSegment({ all: [{ fact: 'CATEGORY', in: [summer] }] })
  const works = await shop.whileLocked(lock, [], async () => {
    const created = shop.accepted('createSegment', rule, aMarketer())
    await shop.untilWaiting(1, [created])
    return { created }
  })
  const [{ id }] = await Promise.all([works.created, deliverCategory(linen, summer, 2)])
  await crm.work()
  expect(await crm.membersOf(id)).toEqual([ada])
})

test('categories above are found up to 20 levels', async () => {
  const chain = Array.from({ length: 22 }, () => newId('cat'))
  for (const [place, id] of chain.entries()) await deliverCategory(id, chain[place + 1] ?? null)
  const [leaf = '', last = '', beyond = ''] = [chain[0], chain[20], chain[21]]
  const ada = await aBuyer(leaf)
  expect(await crm.membersOf(await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [last] }]))).toEqual([ada])
  expect(await crm.membersOf(await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [beyond] }]))).toEqual([])
})

test('a move that waits for another is compared with what that one leaves', async () => {
  const [summer, winter] = [await aCategory(), await aCategory()]
  const wool = await aCategory(summer)
  const id = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [winter] }])
  const other = 'UPDATE known_category SET parent_id = $2, sequence = 2 WHERE category_id = $1 RETURNING 1'
  const { delivered } = await shop.whileLocked(other, [wool, winter], async () => {
    const delivered = deliverCategory(wool, summer, 3)
    await shop.untilWaiting(1, [delivered])
    return { delivered }
  })
  await delivered
  expect(await isBuilding(id)).toBe(true)
  await crm.work()
})

test('a rule that is saved while a category moves is evaluated with the new tree', async () => {
  const [summer, winter] = [await aCategory(), await aCategory()]
  const wool = await aCategory(summer)
  const ada = await aBuyer(wool)
  const first = await crm.aBuiltSegment([{ fact: 'CATEGORY', in: [winter] }])
  const second = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '900' }])
  const { idempotencyKey: _, ...content } = aSegment({ all: [{ fact: 'CATEGORY', in: [winter] }] })
  const locked = 'SELECT 1 FROM segment WHERE id = $1 FOR UPDATE'
  const works = await shop.whileLocked(locked, [first], async () => {
    const moving = deliverCategory(wool, winter, 2)
    await shop.untilWaiting(1, [moving])
    const saving = shop.accepted('updateSegment', { id: second, expectedVersion: 1, ...content }, aMarketer())
    await shop.untilWaiting(2, [moving, saving])
    await crm.evaluations.finishSegments()
    return { all: [moving, saving] }
  })
  await Promise.all(works.all)
  await crm.work()
  expect([await crm.membersOf(first), await crm.membersOf(second)]).toEqual([[ada], [ada]])
})
