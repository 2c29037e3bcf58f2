import { newId } from '@argyle/kit/ids'
import { withCopies } from '@argyle/kit/testing/copies'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { products } from './subgraph.ts'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

const copies = withCopies(products, ['orders', 'inventory', 'reviews'])
let shop: Catalogue
beforeAll(async () => {
  shop = await openProducts({ definition: copies.definition })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const ERRORS = `userErrors { __typename ... on UserError { message path }
  ... on VersionConflictError { currentVersion } ... on ProductStatusError { status } }`
const mutation = (
  name: string,
  selection: string,
) => `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
  ${name}(input: $input) { ${selection} userErrors { __typename ... on UserError { message path } } } }`
const withConflicts = (name: string, selection: string) =>
  mutation(name, selection).replace('userErrors { __typename ... on UserError { message path } }', ERRORS)

const CREATE = mutation('createProduct', 'product { id slug version status }')
const UPDATE = withConflicts('updateProduct', 'product { id slug title version }')
const ARCHIVE = withConflicts('archiveProduct', 'product { status version }')
const ADD = mutation('addVariant', 'variant { id sku product { version } }')
const EDIT = withConflicts(
  'updateVariant',
  'variant { sku weightGrams costPrice { amount } product { version } }',
)
const PRICE = withConflicts(
  'changePrice',
  'variant { price { amount } compareAtPrice { amount } yen: price(currency: JPY) { amount } product { version } }',
)

const eventsOf = async (subject: string) => (await shop.outbox()).filter((event) => event.subject === subject)
const execute = async (query: string, input: object) => {
  const { data, errors } = await shop.execute(query, { input }, shop.editor)
  expect(errors).toEqual([])
  return Object.values(data)[0] as { userErrors: unknown[] } & Record<string, unknown>
}

test('a new product is a draft with its variants, prices and cost, and published once', async () => {
  const made = await shop.draft(productInput('coast-crew'))
  const { data } = await shop.execute(
    `query ($id: ID!) { product(id: $id) { status version priceRange(currency: EUR) { min { amount } max { amount currencyCode } }
       variants { edges { node { sku options { name value } weightGrams costPrice { amount currencyCode }
         price { amount currencyCode } compareAtPrice(currency: EUR) { amount } yen: price(currency: JPY) { amount } } } } } }`,
    { id: made.id },
    shop.editor,
  )

  expect(data.product).toEqual({
    status: 'DRAFT',
    version: 1,
    priceRange: { min: { amount: '11.00' }, max: { amount: '11.00', currencyCode: 'EUR' } },
    variants: {
      edges: [
        {
          node: {
            sku: 'COAST-CREW-1',
            options: [
              { name: 'Colour', value: 'Navy' },
              { name: 'Size', value: '1' },
            ],
            weightGrams: 60,
            costPrice: { amount: '4.20', currencyCode: 'USD' },
            price: { amount: '12.00', currencyCode: 'USD' },
            compareAtPrice: { amount: '13.50' },
            yen: { amount: '1800' },
          },
        },
      ],
    },
  })
  expect(await eventsOf(made.id)).toMatchObject([{ type: 'products.product.changed', sequence: 1 }])
})

test.each([
  ['USD', '12.00', '15.00'],
  ['EUR', '11.00', '13.50'],
  ['JPY', '1800', '2100'],
])(
  'the price and the price before are in the currency that is asked for: %s',
  async (currencyCode, amount, before) => {
    const price = { currencyCode, amount, compareAtAmount: before }
    const prices = [...variantInput('').prices.filter((other) => other.currencyCode !== currencyCode), price]
    const input = productInput(`in-${currencyCode.toLowerCase()}`)
    const { id } = await shop.draft({ ...input, variants: input.variants.map((one) => ({ ...one, prices })) })
    const query = `query ($id: ID!, $currency: CurrencyCode) { product(id: $id) { variants { edges { node {
    price(currency: $currency) { amount currencyCode } compareAtPrice(currency: $currency) { amount currencyCode } } } } } }`
    const { data } = await shop.execute(query, { id, currency: currencyCode }, shop.editor)
    expect(data.product.variants.edges).toEqual([
      { node: { price: { amount, currencyCode }, compareAtPrice: { amount: before, currencyCode } } },
    ])
  },
)

test('a changed variant is returned, whichever of the product it is', async () => {
  const variants = [variantInput('EITHER-1', 1), variantInput('EITHER-2', 2)]
  const { variants: made } = await shop.draft(productInput('either', { variants }))
  for (const [index, { node }] of made.edges.entries()) {
    const { id, sku } = node
    const edited = await execute(EDIT, { id, expectedVersion: 1 + 2 * index, weightGrams: 70 + index })
    expect(edited.variant).toMatchObject({ sku, weightGrams: 70 + index })
    const prices = [{ currencyCode: 'USD', amount: `2${index}.00` }]
    const priced = await execute(PRICE, { variantId: id, expectedVersion: 2 + 2 * index, prices })
    expect(priced.variant).toMatchObject({ price: { amount: `2${index}.00` } })
  }
})

test('each field of a product and of a variant is kept as it was edited', async () => {
  const [categoryId, made] = [await shop.category('edited'), await shop.draft(productInput('unedited'))]
  const product = { slug: 'edited', title: 'Edited', description: 'Warm.' }
  await execute(UPDATE, { id: made.id, expectedVersion: 1, ...product, categoryId })
  const options = [
    { name: 'Length', value: 'Knee' },
    { name: 'Size', value: 'XL' },
  ]
  const variant = { sku: 'EDITED', title: 'Knee / XL', options, weightGrams: 1 }
  const id = made.variants.edges[0]?.node.id
  // A gift costs nothing.
  const costPrice = { amount: '0', currencyCode: 'JPY' }
  await execute(EDIT, { id, expectedVersion: 2, ...variant, costPrice })
  const { data } = await shop.execute(
    `query ($id: ID!) { product(id: $id) { slug title description category { id }
       variants { edges { node { sku title options { name value } weightGrams costPrice { amount currencyCode } } } } } }`,
    { id: made.id },
    shop.editor,
  )
  expect(data.product).toEqual({
    ...{ ...product, category: { id: categoryId } },
    variants: { edges: [{ node: { ...variant, costPrice } }] },
  })
})

test('a repeated idempotency key creates nothing; the same key with another input is refused', async () => {
  const input = productInput('once-only')
  const first = await execute(CREATE, input)
  expect(await execute(CREATE, input)).toEqual(first)
  expect(await execute(CREATE, { ...input, title: 'Another' })).toMatchObject({
    product: null,
    userErrors: [{ __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] }],
  })
  expect((await shop.outbox()).filter(({ data }) => JSON.stringify(data).includes('once-only'))).toHaveLength(
    1,
  )
})

test('a refused creation leaves nothing behind, and its key can be used again', async () => {
  await shop.draft(productInput('first-owner'))
  const input = productInput('second-owner', {
    variants: [variantInput('SECOND-OWNER-1', 1), variantInput('FIRST-OWNER-1', 2)],
  })
  expect(await execute(CREATE, { ...input, slug: 'first-owner' })).toEqual({
    product: null,
    userErrors: [
      {
        __typename: 'ValidationError',
        message: expect.stringContaining('"first-owner" is taken'),
        path: ['slug'],
      },
      {
        __typename: 'ValidationError',
        message: expect.stringContaining('"FIRST-OWNER-1" is taken'),
        path: ['variants', '1', 'sku'],
      },
    ],
  })
  const { data } = await shop.execute(
    '{ variant(sku: "SECOND-OWNER-1") { id } product(slug: "second-owner") { id } }',
  )
  expect(data).toEqual({ variant: null, product: null })

  const mended = { ...input, variants: [variantInput('SECOND-OWNER-1')] }
  expect(await execute(CREATE, mended)).toMatchObject({ product: { slug: 'second-owner' }, userErrors: [] })
})

test('of two concurrent edits of one version, one wins and the other is refused with the new version', async () => {
  const { id } = await shop.draft(productInput('contested'))
  const answers = await shop.atOnce(
    ['First', 'Second'].map((title) => () => execute(UPDATE, { id, expectedVersion: 1, title })),
  )

  const conflict = { product: null, userErrors: [{ __typename: 'VersionConflictError', currentVersion: 2 }] }
  const [winner, loser] = answers.toSorted((a, b) => a.userErrors.length - b.userErrors.length)
  expect(winner).toMatchObject({ product: { version: 2 }, userErrors: [] })
  expect(loser).toMatchObject(conflict)
  expect((await eventsOf(id)).map(({ sequence }) => sequence)).toEqual([1, 2])
})

test('of four concurrent changes of one price, one is made and the others are refused with the new version', async () => {
  const { id, variants } = await shop.draft(productInput('auctioned'))
  const variantId = variants.edges[0]?.node.id
  const answers = await shop.manyAtOnce(4, (bid) => {
    const prices = [{ currencyCode: 'USD', amount: `2${bid}.00` }]
    return execute(PRICE, { variantId, expectedVersion: 1, prices })
  })

  expect(answers.filter(({ variant }) => variant !== null)).toHaveLength(1)
  const conflict = { __typename: 'VersionConflictError', currentVersion: 2 }
  expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([conflict, conflict, conflict])
  expect((await eventsOf(id)).map(({ sequence }) => sequence).toSorted()).toEqual([1, 2, 2])
})

test('of two concurrent products with one slug, one is refused with the slug', async () => {
  const answers = await shop.atOnce([
    () => execute(CREATE, productInput('rival', { variants: [variantInput('RIVAL-A')] })),
    () => execute(CREATE, productInput('rival', { variants: [variantInput('RIVAL-B')] })),
  ])

  const [made, refused] = answers.toSorted((a, b) => a.userErrors.length - b.userErrors.length)
  expect(made).toMatchObject({ product: { slug: 'rival' }, userErrors: [] })
  expect(refused).toMatchObject({ product: null, userErrors: [{ path: ['slug'] }] })
})

test('of concurrent products with the same SKUs in different orders, one is created', async () => {
  const { prisma } = shop.resources
  const [known] = (await shop.draft(productInput('tangled'))).variants.edges
  const variants = ['A', 'M', 'Z'].map((letter, place) => variantInput(`TANGLED-${letter}`, place))
  const creates = [variants, variants.toReversed()].map(
    (own, place) => () => execute(CREATE, productInput(`tangled-${place}`, { variants: own })),
  )
  let answers: ReturnType<typeof execute>[] = []
  const holding = prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(
      `INSERT INTO variant SELECT (jsonb_populate_record(v, '{"id": "var_held", "sku": "TANGLED-M", "position": 9, "options": []}')).* FROM variant v WHERE id = $1`,
      known?.node.id,
    )
    answers = creates.map((create) => create())
    await shop.untilWaiting(creates.length, answers)
    throw new Error('the middle one is free again')
  })
  await expect(holding).rejects.toThrow('free again')
  const [made, refused] = (await Promise.all(answers)).toSorted(
    (a, b) => a.userErrors.length - b.userErrors.length,
  )
  expect(made).toMatchObject({ product: { status: 'DRAFT' }, userErrors: [] })
  expect(refused).toMatchObject({
    product: null,
    userErrors: variants.map(() => ({ __typename: 'ValidationError' })),
  })
})

test('a mutation returns when the copies in other subgraphs have the change', async () => {
  const input = productInput('read-at-once')
  expect(await copies.waits(() => shop.draft(input))).toBe(1)
  // A repeated request publishes nothing.
  expect(await copies.waits(() => shop.draft(input))).toBe(0)
  const { id, variants } = await shop.draft(input)
  const variantId = variants.edges[0]?.node.id
  const variant = variantInput('READ-AT-ONCE-2', 2)
  const prices = [{ currencyCode: 'USD', amount: '2.00' }]
  for (const [mutation, change] of [
    [ADD, { idempotencyKey: newId('tst'), productId: id, variant }],
    [EDIT, { id: variantId, expectedVersion: 2, weightGrams: 70 }],
    [PRICE, { variantId, expectedVersion: 3, prices }],
    [UPDATE, { id, expectedVersion: 4, title: 'Another' }],
  ] as const) {
    const accepted = async () => expect(await execute(mutation, change)).toMatchObject({ userErrors: [] })
    expect(await copies.waits(accepted)).toBe(1)
  }
  // Nor does a change to the same.
  const same = { id, expectedVersion: 5, title: 'Another' }
  expect(await copies.waits(() => execute(UPDATE, same))).toBe(0)
})

test('a slug and a SKU move only to free ones', async () => {
  const [one, two] = [await shop.draft(productInput('mover')), await shop.draft(productInput('holder'))]
  expect(await execute(UPDATE, { id: one.id, expectedVersion: 1, slug: 'holder' })).toMatchObject({
    product: null,
    userErrors: [{ __typename: 'ValidationError', path: ['slug'] }],
  })
  const [edge] = two.variants.edges
  expect(await execute(EDIT, { id: edge?.node.id, expectedVersion: 1, sku: 'MOVER-1' })).toMatchObject({
    variant: null,
    userErrors: [{ __typename: 'ValidationError', path: ['sku'] }],
  })
  expect(
    await execute(EDIT, { id: edge?.node.id, expectedVersion: 1, sku: 'HOLDER-X', costPrice: null }),
  ).toEqual({
    variant: { sku: 'HOLDER-X', weightGrams: 60, costPrice: null, product: { version: 2 } },
    userErrors: [],
  })
})

test('an added variant joins the others once, and the price range follows', async () => {
  const { id } = await shop.onSale(productInput('growing'))
  const input = {
    idempotencyKey: newId('tst'),
    productId: id,
    variant: variantInput('GROWING-2', 2, '15.50'),
  }
  const first = await execute(ADD, input)
  expect(first).toMatchObject({ variant: { sku: 'GROWING-2', product: { version: 3 } }, userErrors: [] })
  expect(await execute(ADD, input)).toEqual(first)

  const { data } = await shop.execute(
    'query ($id: ID!) { product(id: $id) { variants { edges { node { sku } } } priceRange { min { amount } max { amount } } } }',
    { id },
  )
  expect(data.product).toEqual({
    variants: { edges: [{ node: { sku: 'GROWING-1' } }, { node: { sku: 'GROWING-2' } }] },
    priceRange: { min: { amount: '12.00' }, max: { amount: '15.50' } },
  })
})

test('a changed price shows in the variant, the range, the list order and two events', async () => {
  const { id, variants } = await shop.onSale(productInput('marked-down'))
  const variantId = variants.edges[0]?.node.id
  const prices = [{ currencyCode: 'USD', amount: '0.05', compareAtAmount: '12.00' }]

  expect(await execute(PRICE, { variantId, expectedVersion: 2, prices })).toEqual({
    variant: {
      price: { amount: '0.05' },
      compareAtPrice: { amount: '12.00' },
      yen: { amount: '1800' },
      product: { version: 3 },
    },
    userErrors: [],
  })
  const { data } = await shop.execute(
    '{ products(first: 1, sort: PRICE_ASC) { edges { node { id priceRange { min { amount } } } } } }',
  )
  expect(data.products.edges).toEqual([{ node: { id, priceRange: { min: { amount: '0.05' } } } }])
  // Two events of one change have no order.
  expect((await eventsOf(id)).map(({ type, sequence }) => `${sequence} ${type}`).toSorted()).toEqual([
    '1 products.product.changed',
    '2 products.product.changed',
    '3 products.price.changed',
    '3 products.product.changed',
  ])
})

test('a changed compareAtAmount is saved where the amount stays, and so is one that is removed', async () => {
  const { id, variants } = await shop.draft(productInput('reduced'))
  const variantId = variants.edges[0]?.node.id
  const before = async () => {
    const query =
      'query ($id: ID!) { product(id: $id) { variants { edges { node { compareAtPrice { amount } } } } } }'
    return (await shop.execute(query, { id }, shop.editor)).data.product.variants.edges[0].node.compareAtPrice
  }
  const price = { currencyCode: 'USD', amount: '12.00' }
  for (const [expectedVersion, compareAtAmount] of [
    [1, '15.00'],
    [2, '16.00'],
    [3, null],
  ] as const) {
    await execute(PRICE, { variantId, expectedVersion, prices: [{ ...price, compareAtAmount }] })
    expect(await before()).toEqual(compareAtAmount && { amount: compareAtAmount })
  }
})

test('an archived product leaves the lists, is still found by its keys, and refuses edits', async () => {
  const { id, version, variants } = await shop.onSale(productInput('last-season'))
  expect(await execute(ARCHIVE, { id, expectedVersion: version })).toEqual({
    product: { status: 'ARCHIVED', version: 3 },
    userErrors: [],
  })
  expect(await execute(ARCHIVE, { id, expectedVersion: 3 })).toMatchObject({
    product: null,
    userErrors: [{ __typename: 'ProductStatusError', status: 'ARCHIVED' }],
  })
  const { data } = await shop.execute(
    `query ($id: ID!, $variantId: ID!) { product(id: $id) { status } bySlug: product(slug: "last-season") { id }
       variant(id: $variantId) { sku } bySku: variant(sku: "LAST-SEASON-1") { sku } products(first: 100) { edges { node { id } } } }`,
    { id, variantId: variants.edges[0]?.node.id },
  )
  expect(data.product).toEqual({ status: 'ARCHIVED' })
  expect(data.bySlug).toEqual({ id })
  expect([data.variant, data.bySku]).toEqual([{ sku: 'LAST-SEASON-1' }, { sku: 'LAST-SEASON-1' }])
  expect(data.products.edges.map((edge: { node: { id: string } }) => edge.node.id)).not.toContain(id)
})

test('no one but staff with catalog:write changes anything', async () => {
  for (const viewer of [customer(newId('usr')), undefined]) {
    const { data, errors } = await shop.execute(CREATE, { input: productInput('not-mine') }, viewer)
    expect(data.createProduct).toBeNull()
    expect(errors[0]?.extensions?.code).toBe(viewer ? 'FORBIDDEN' : 'UNAUTHENTICATED')
  }
  const { data } = await shop.execute('{ product(slug: "not-mine") { id } }', {}, shop.editor)
  expect(data.product).toBeNull()
})
