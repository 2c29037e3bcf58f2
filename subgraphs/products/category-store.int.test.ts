import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalogue, openProducts, productInput } from './testing/open-products.ts'

let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const ERRORS =
  'userErrors { __typename ... on UserError { path } ... on VersionConflictError { currentVersion } }'
const CREATE = `mutation ($input: CreateCategoryInput!) { createCategory(input: $input) {
  category { id slug name version } userErrors { __typename ... on UserError { path } } } }`
const UPDATE = `mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) {
  category { name version parent { id } ancestors { slug } } ${ERRORS} } }`

async function execute(query: string, input: object) {
  const { data, errors } = await shop.execute(query, { input }, shop.editor)
  expect(errors).toEqual([])
  return data.createCategory ?? data.updateCategory
}

test('a category is created once per idempotency key', async () => {
  const input = { idempotencyKey: newId('tst'), slug: 'knee-high', name: 'Knee-high' }
  const first = await execute(CREATE, input)
  expect(first).toMatchObject({
    category: { slug: 'knee-high', name: 'Knee-high', version: 1 },
    userErrors: [],
  })
  expect(await execute(CREATE, input)).toEqual(first)
  expect(await execute(CREATE, { ...input, name: 'Other' })).toMatchObject({
    category: null,
    userErrors: [{ __typename: 'IdempotencyKeyReusedError' }],
  })
})

test('each field of a category is kept as it was given, and published with each version', async () => {
  const [top, other] = [await shop.category('top'), await shop.category('other-top')]
  const given = { slug: 'midi', name: 'Midi', parentId: top, position: 3 }
  const { category } = await execute(CREATE, { idempotencyKey: newId('tst'), ...given })
  const edited = { slug: 'midi-2', name: 'Midi 2', parentId: other, position: 4 }
  await execute(UPDATE, { id: category.id, expectedVersion: 1, ...edited })
  const columns = { slug: true, name: true, parentId: true, position: true } as const
  const row = await shop.own.prisma.category.findFirst({ where: { id: category.id }, select: columns })
  expect(row).toEqual(edited)
  const published = (await shop.outbox()).filter(({ subject }) => subject === category.id)
  expect(published).toMatchObject(
    [given, edited].map((fields, index) => ({
      ...{ type: 'products.category.changed', sequence: index + 1 },
      data: { categoryId: category.id, ...fields },
    })),
  )
})

test('of two concurrent categories with one slug, one is created and one is refused', async () => {
  const answers = await shop.atOnce(
    ['a', 'b'].map(() => () => execute(CREATE, { idempotencyKey: newId('tst'), slug: 'twin', name: 'Twin' })),
  )
  const [made, refused] = answers.toSorted((a, b) => a.userErrors.length - b.userErrors.length)
  expect(made.userErrors).toEqual([])
  expect(refused).toMatchObject({
    category: null,
    userErrors: [{ __typename: 'ValidationError', path: ['slug'] }],
  })
})

test('a new category has position 0 by default, and waits for nobody who reads the tree', async () => {
  const { category } = shop.own.prisma
  await shop.own.prisma.$transaction(async (tx) => {
    await tx.category.findMany()
    await shop.category('beside-a-reader')
  })
  expect(await category.findFirst({ where: { slug: 'beside-a-reader' } })).toMatchObject({ position: 0 })
})

test('a moved category shows its new place in the same answer, and its products move with it', async () => {
  const [top, moved] = [await shop.category('wool'), await shop.category('alpine')]
  await shop.onSale(productInput('alpine-hiker', { categoryId: moved }))
  expect(await execute(UPDATE, { id: moved, expectedVersion: 1, parentId: top })).toEqual({
    category: { name: 'alpine', version: 2, parent: { id: top }, ancestors: [{ slug: 'wool' }] },
    userErrors: [],
  })
  const { data } = await shop.execute('{ category(slug: "wool") { products { edges { node { slug } } } } }')
  expect(data.category.products.edges).toEqual([{ node: { slug: 'alpine-hiker' } }])
})

test('of two concurrent moves that together would make a cycle, one is refused', async () => {
  const [left, right] = [await shop.category('left'), await shop.category('right')]
  const answers = await shop.atOnce([
    () => execute(UPDATE, { id: left, expectedVersion: 1, parentId: right }),
    () => execute(UPDATE, { id: right, expectedVersion: 1, parentId: left }),
  ])
  const refused = answers.filter(({ category }) => category === null)
  expect(refused).toEqual([
    { category: null, userErrors: [{ __typename: 'ValidationError', path: ['parentId'] }] },
  ])
})

test('of two concurrent edits of one version, one wins and the other is refused with the new version', async () => {
  const id = await shop.category('contested')
  const answers = await shop.atOnce(
    ['First', 'Second'].map((name) => () => execute(UPDATE, { id, expectedVersion: 1, name })),
  )
  const [winner, loser] = answers.toSorted((a, b) => a.userErrors.length - b.userErrors.length)
  expect(winner).toMatchObject({ category: { version: 2 }, userErrors: [] })
  expect(loser.userErrors).toEqual([
    { __typename: 'VersionConflictError', path: ['expectedVersion'], currentVersion: 2 },
  ])
})
