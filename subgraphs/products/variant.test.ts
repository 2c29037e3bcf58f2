import { expect, test } from 'vitest'
import { aNewVariant, aProduct, aVariant } from './testing/examples.ts'
import { addVariant, draftProduct, editVariant, MAX_VARIANTS, type NewVariant } from './variant.ts'

const now = new Date('2026-11-21T10:00:00Z')
const size = (value: string) => [{ name: 'Size', value }]

function draft(...variants: NewVariant[]) {
  const { id, slug, title, description, categoryId } = aProduct()
  return draftProduct({ id, slug, title, description, categoryId, variants }, now)
}

test('a new product is a draft at version 1, its variants in the order given', () => {
  const decision = draft(aNewVariant(2), aNewVariant(1))

  expect(decision).toMatchObject({
    ok: true,
    value: {
      product: {
        status: 'DRAFT',
        version: 1,
        releasedAt: now,
        variants: [
          { sku: 'HARBOUR-2', position: 0, productId: aProduct().id },
          { sku: 'HARBOUR-1', position: 1 },
        ],
      },
      events: [{ type: 'products.product.changed', sequence: 1 }],
    },
  })
})

test.each([
  ['the same choice twice', size('M'), size('M'), 'like those of HARBOUR-1'],
  ['other names', size('M'), [{ name: 'Length', value: 'L' }], 'allowed are the names of the other variants'],
  ['names in another order', aVariant(1).options, aVariant(2).options.toReversed(), 'names of the other'],
  ['no options beside some', size('M'), [], 'allowed are the names of the other variants, ["Size"]'],
  ['no options twice', [], [], 'allowed is what no other variant has'],
  ['a name twice', size('M'), [...size('L'), ...size('XL')], 'allowed is each name once'],
])('two variants with %s are refused', (_, first, second, message) => {
  const decision = draft(aNewVariant(1, { options: first }), aNewVariant(2, { options: second }))

  expect(decision).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringContaining(message), path: ['variants', '1', 'options'] }],
  })
})

test('options are compared one by one, not as one text', () => {
  const options = (...pairs: [name: string, value: string][]) =>
    pairs.map(([name, value]) => ({ name, value }))
  const pair = (first: NewVariant['options'], second: NewVariant['options']) =>
    draft(aNewVariant(1, { options: first }), aNewVariant(2, { options: second })).ok
  expect(pair(options(['Size', '1'], ['Width', '11']), options(['Size', '11'], ['Width', '1']))).toBe(true)
  expect(pair(options(['Size', '1'], ['Width', '1']), options(['Size', '1'], ['Width', '2']))).toBe(true)
  expect(pair(options(['Size', '1'], ['Width', '1']), options(['Size', '2'], ['Width', '1']))).toBe(true)
  expect(pair(options(['Size', '1'], ['Width', '1']), options(['Size', '2'], ['Fit', '1']))).toBe(false)
  expect(pair(options(['A', '1'], ['BC', '2']), options(['AB', '1'], ['C', '2']))).toBe(false)
})

test('a repeated SKU is refused at the path of its second occurrence', () => {
  const decision = draft(aNewVariant(1), aNewVariant(2, { sku: 'HARBOUR-1' }))

  const message = 'sku "HARBOUR-1" is given twice: allowed is each once'
  expect(decision).toMatchObject({ ok: false, errors: [{ message, path: ['variants', '1', 'sku'] }] })
})

test('every variant is compared with all before it, and every fault is reported', () => {
  const decision = draft(aNewVariant(1), aNewVariant(2), aNewVariant(2), aNewVariant(1))
  const paths = decision.ok ? [] : decision.errors.map(({ path }) => path?.slice(1).join('.'))
  expect(paths).toEqual(['2.options', '3.options', '2.sku', '3.sku'])
})

test('the options of the last variant are refused to a new and to a changed one', () => {
  const { id, options } = aVariant(2)
  const message = expect.stringContaining('like those of HARBOUR-2')
  expect(addVariant(aProduct(), aNewVariant(3, { options }))).toMatchObject({
    ok: false,
    errors: [{ message, path: ['variant', 'options'] }],
  })
  const variants = [aVariant(1), aVariant(3), aVariant(2)]
  const edit = { id: aVariant(1).id, expectedVersion: 3, options }
  expect(editVariant(aProduct({ variants }), edit)).toMatchObject({
    ok: false,
    errors: [{ message, path: ['options'] }],
  })
  expect(editVariant(aProduct(), { id, expectedVersion: 3, options }).ok).toBe(true)
})

test('a new variant is the last one', () => {
  const decision = addVariant(aProduct({ variants: [aVariant(1), aVariant(5)] }), aNewVariant(3))

  expect(decision).toMatchObject({
    ok: true,
    value: { product: { version: 4, variants: [{}, {}, { sku: 'HARBOUR-3', position: 5 }] } },
  })
})

test('a variant is refused beyond the maximum, and for an archived product', () => {
  const full = Array.from({ length: MAX_VARIANTS }, (_, index) =>
    aVariant(1, { id: `var_${index}`, position: index, options: size(String(index)) }),
  )
  const room = aProduct({ variants: full.slice(1) })
  expect(addVariant(room, aNewVariant(2, { options: size('new') })).ok).toBe(true)
  expect(addVariant(aProduct({ variants: full }), aNewVariant(2, { options: size('new') }))).toMatchObject({
    ok: false,
    errors: [
      {
        message: `the product has ${MAX_VARIANTS} variants: allowed is at most ${MAX_VARIANTS}`,
        path: ['productId'],
      },
    ],
  })
  expect(addVariant(aProduct({ status: 'ARCHIVED' }), aNewVariant(3))).toMatchObject({
    ok: false,
    errors: [{ __typename: 'ProductStatusError' }],
  })
})

test('an edit keeps the other variants as the same objects', () => {
  const before = aProduct()
  const decision = editVariant(before, {
    id: aVariant(2).id,
    expectedVersion: 3,
    weightGrams: 75,
    cost: null,
  })

  if (!decision.ok) throw new Error('refused')
  const [first, second] = decision.value.product.variants
  expect(first).toBe(before.variants[0])
  expect(second).toEqual(aVariant(2, { weightGrams: 75, cost: null }))
  expect(decision.value.product.version).toBe(4)
})

test('an edit without a difference changes nothing', () => {
  const before = aProduct()
  const edit = {
    id: aVariant(2).id,
    expectedVersion: 3,
    title: aVariant(2).title,
    options: aVariant(2).options,
  }

  expect(editVariant(before, edit)).toEqual({ ok: true, value: { product: before, events: [] } })
})

test('the option names of an only variant can be changed; those of one of two cannot', () => {
  const edit = { id: aVariant(1).id, expectedVersion: 3, options: size('M') }

  expect(editVariant(aProduct({ variants: [aVariant(1)] }), edit).ok).toBe(true)
  expect(editVariant(aProduct(), edit)).toMatchObject({ ok: false, errors: [{ path: ['options'] }] })
})

test('an edit of an old version, or of an archived product, is refused', () => {
  const edit = { id: aVariant(1).id, expectedVersion: 2, title: 'Late' }

  expect(editVariant(aProduct(), edit)).toMatchObject({ errors: [{ currentVersion: 3 }] })
  expect(editVariant(aProduct({ status: 'ARCHIVED', version: 2 }), edit)).toMatchObject({
    errors: [{ status: 'ARCHIVED' }],
  })
})
