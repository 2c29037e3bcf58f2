import type { Decision } from '@argyle/kit/decision'
import { expect, test } from 'vitest'
import { addCategory, type Category, editCategory, MAX_CATEGORIES, treeOf } from './category.ts'
import { archive, editProduct, publish } from './product.ts'
import { aNewVariant, aProduct } from './testing/examples.ts'
import { addVariant, draftProduct } from './variant.ts'

const now = new Date('2026-11-21T10:00:00Z')
const size = (value: string) => [{ name: 'Size', value }]
const category = (id: string, parentId: string | null = null): Category => ({
  ...{ id, parentId, slug: id, name: id, position: 0, version: 1 },
})
const root = category('root')
const tree = treeOf([root, category('leaf', 'root')])

/** A draft of two variants with these options. */
const draft = (first: ReturnType<typeof size>, second: ReturnType<typeof size>) =>
  draftProduct(
    { ...aProduct(), variants: [aNewVariant(1, { options: first }), aNewVariant(2, { options: second })] },
    now,
  )

/** Each message of the rules, with the field that it is about. */
const REFUSALS: [string, Decision<unknown, { message: string; path: string[] | null }>, string | null][] = [
  [
    'the product is ARCHIVED: allowed is to publish it first',
    editProduct(aProduct({ status: 'ARCHIVED' }), { expectedVersion: 3, title: 'x' }),
    null,
  ],
  [
    'the product is ARCHIVED: allowed is to publish it first',
    addVariant(aProduct({ status: 'ARCHIVED' }), aNewVariant(3)),
    null,
  ],
  ['the product is ACTIVE: it is on sale already', publish(aProduct(), 3, now), null],
  [
    'the product is DRAFT: allowed is to archive an ACTIVE one',
    archive(aProduct({ status: 'DRAFT' }), 3),
    null,
  ],
  [
    'options name "Size" twice: allowed is each name once',
    draft(size('M'), [...size('L'), ...size('XL')]),
    'variants.1.options',
  ],
  [
    'options name ["Length"]: allowed are the names of the other variants, ["Size"]',
    draft(size('M'), [{ name: 'Length', value: 'L' }]),
    'variants.1.options',
  ],
  [
    'options are ["M"], like those of HARBOUR-1: allowed is what no other variant has',
    draft(size('M'), size('M')),
    'variants.1.options',
  ],
  [
    `there are ${MAX_CATEGORIES} categories: allowed is at most ${MAX_CATEGORIES}`,
    addCategory(
      treeOf(Array.from({ length: MAX_CATEGORIES }, (_, index) => category(`c${index}`))),
      category('new'),
    ),
    null,
  ],
  [
    'slug "leaf" is taken: allowed is one that no other category has',
    addCategory(tree, { ...category('new'), slug: 'leaf' }),
    'slug',
  ],
  ['there is no category "none"', addCategory(tree, category('new', 'none')), 'parentId'],
  [
    'parentId is "leaf", which is the category itself or below it: allowed is any other',
    editCategory(tree, root, { id: 'root', expectedVersion: 1, parentId: 'leaf' }),
    'parentId',
  ],
]

test.each(REFUSALS)('%s', (message, decision, path) => {
  const errors = decision.ok ? [] : decision.errors
  expect(errors.map((error) => [error.message, error.path?.join('.') ?? null])).toEqual([[message, path]])
})
