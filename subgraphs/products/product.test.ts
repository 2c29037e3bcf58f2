import type { Decision } from '@argyle/kit/decision'
import { expect, test } from 'vitest'
import { archive, editProduct, type ProductChange, type ProductStatus, publish } from './product.ts'
import { aProduct } from './testing/examples.ts'

const now = new Date('2026-11-21T10:00:00Z')

function accepted<E>(decision: Decision<ProductChange, E>): ProductChange {
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.errors)}`)
  return decision.value
}

test('an edit changes the given fields, increments the version and publishes the full state', () => {
  const { product, events } = accepted(editProduct(aProduct(), { expectedVersion: 3, title: 'Harbour Crew' }))

  expect(product).toEqual(aProduct({ title: 'Harbour Crew', version: 4 }))
  expect(events).toEqual([
    expect.objectContaining({ type: 'products.product.changed', subject: product.id, sequence: 4 }),
  ])
  expect(events[0]?.data).toMatchObject({ title: 'Harbour Crew', status: 'ACTIVE', variants: [{}, {}] })
})

test('a description and a category can be taken away', () => {
  const before = aProduct({ categoryId: 'cat_01930000-0000-7000-8000-000000000001' })
  const { product } = accepted(
    editProduct(before, { expectedVersion: 3, description: null, categoryId: null }),
  )

  expect(product).toMatchObject({ description: null, categoryId: null, title: before.title })
})

test('an edit without a difference changes nothing and publishes nothing', () => {
  const before = aProduct()
  const change = accepted(editProduct(before, { expectedVersion: 3, title: before.title, slug: before.slug }))

  expect(change).toEqual({ product: before, events: [] })
  const other = accepted(editProduct(before, { expectedVersion: 3, title: before.title, slug: 'other' }))
  expect(other).toMatchObject({ product: { slug: 'other', version: 4 }, events: [{ sequence: 4 }] })
})

test('every change that is based on an old version is refused with the current one', () => {
  const conflict = { ok: false, errors: [{ __typename: 'VersionConflictError', currentVersion: 3 }] }

  expect(editProduct(aProduct(), { expectedVersion: 2, title: 'Late' })).toMatchObject(conflict)
  expect(publish(aProduct({ status: 'DRAFT' }), 2, now)).toMatchObject(conflict)
  expect(archive(aProduct(), 4)).toMatchObject(conflict)
})

test('the release is the first publication; publishing again does not change it', () => {
  expect(accepted(publish(aProduct({ status: 'DRAFT' }), 3, now)).product).toMatchObject({
    status: 'ACTIVE',
    releasedAt: now,
    version: 4,
  })
  const returned = accepted(publish(aProduct({ status: 'ARCHIVED' }), 3, now)).product
  expect(returned).toMatchObject({ status: 'ACTIVE', releasedAt: aProduct().releasedAt })
})

test('an archived product is published as archived', () => {
  const { product, events } = accepted(archive(aProduct(), 3))

  expect(product.status).toBe('ARCHIVED')
  expect(events[0]?.data).toMatchObject({ status: 'ARCHIVED' })
})

type Refusal = [
  what: string,
  status: ProductStatus,
  decide: (product: ReturnType<typeof aProduct>) => unknown,
  why: string,
]
const refusals: Refusal[] = [
  ['publishing what is on sale', 'ACTIVE', (product) => publish(product, 3, now), 'it is on sale already'],
  ['archiving a draft', 'DRAFT', (product) => archive(product, 3), 'allowed is to archive an ACTIVE one'],
  ['archiving twice', 'ARCHIVED', (product) => archive(product, 3), 'allowed is to archive an ACTIVE one'],
  [
    'editing what is withdrawn',
    'ARCHIVED',
    (product) => editProduct(product, { expectedVersion: 3, title: 'New' }),
    'allowed is to publish it first',
  ],
]
test.each(refusals)('%s is refused with the state (%s)', (_, status, decide, why) => {
  expect(decide(aProduct({ status }))).toMatchObject({
    ok: false,
    errors: [{ __typename: 'ProductStatusError', status, message: `the product is ${status}: ${why}` }],
  })
})
