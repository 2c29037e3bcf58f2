import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { type Catalogue, openProducts, productInput, variantInput } from './testing/open-products.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let shop: Catalogue
let database: Awaited<ReturnType<typeof sequentialDatabase>>
/** The ids of the products, in the order in which they were created. */
const ids: string[] = []
/** Slug, title, price and category. All are released at one instant, so each sort has ties. */
const SOCKS = [
  ['one', 'Ash', '9.00', 'crew'],
  ['two', 'Ash', '12.00', 'ankle'],
  ['three', 'Birch', '9.00', 'ankle'],
  ['four', 'Ash', '12.00', 'crew'],
  ['five', 'Birch', '9.00', 'crew'],
] as const

beforeAll(async () => {
  database = await sequentialDatabase('products')
  shop = await openProducts({ database, clock: () => new Date('2026-11-21T09:00:00Z') })
  const root = await shop.category('socks')
  const categories = { crew: await shop.category('crew', root), ankle: await shop.category('ankle', root) }
  for (const [slug, title, usd, category] of SOCKS) {
    // Their order is not that of their SKUs.
    const variants = [3, 1, 2].map((size) => variantInput(`${slug.toUpperCase()}-${size}`, size, usd))
    const input = productInput(slug, { title, variants, categoryId: categories[category] })
    ids.push((await shop.onSale(input)).id)
  }
  const image = { altText: 'Socks', width: 4, height: 3, svg: '<svg/>' }
  await shop.own.prisma.productImage.createMany({
    data: [1, 2, 0].map((position) => ({
      ...image,
      productId: ids[0] ?? '',
      position,
      name: `one-${position}`,
    })),
  })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['category (', 'product ('])

/** The slugs of the products by a sort value, those of equal values by their ids. */
function sorted(value: (sock: (typeof SOCKS)[number]) => string | number, isDescending = false): string[] {
  const inOrder = SOCKS.map((sock, place) => ({ slug: sock[0], value: value(sock), place })).sort((a, b) => {
    if (a.value === b.value) return a.place - b.place
    return a.value < b.value ? -1 : 1
  })
  const slugs = inOrder.map(({ slug }) => slug)
  return isDescending ? slugs.reverse() : slugs
}
const SORTS = {
  NEWEST: sorted(() => 0, true),
  TITLE: sorted(([, title]) => title),
  PRICE_ASC: sorted(([, , usd]) => Number(usd)),
  PRICE_DESC: sorted(([, , usd]) => Number(usd), true),
}

type List = { edges: { node: { slug: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }

/** Reads a list to its end, two products a page. */
async function walk(read: (args: string) => Promise<List>, sort: string): Promise<string[]> {
  const slugs: string[] = []
  for (let after: string | null = null; ; ) {
    const list = await read(`(first: 2, sort: ${sort}, after: ${JSON.stringify(after)})`)
    slugs.push(...list.edges.map(({ node }) => node.slug))
    if (!list.pageInfo.hasNextPage) return slugs
    after = list.pageInfo.endCursor
  }
}
const PAGE = '{ edges { node { slug } } pageInfo { hasNextPage endCursor } }'
const query = async (fields: string) => {
  const { data, errors } = await shop.execute(`{ ${fields} }`, {}, shop.editor)
  expect(errors).toEqual([])
  return data
}

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeEach(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test.each(Object.entries(SORTS))(
    'products of one value of %s are in the order of their ids',
    async (sort, slugs) => {
      const ofShop = async (args: string) => (await query(`products${args} ${PAGE}`)).products
      expect(await walk(ofShop, sort)).toEqual(slugs)
      const ofCategory = async (args: string) =>
        (await query(`category(slug: "socks") { products${args} ${PAGE} }`)).category.products
      expect(await walk(ofCategory, sort)).toEqual(slugs)
    },
  )

  test('variants and pictures of a product are in its order', async () => {
    const fields = 'variants(first: 2) { edges { node { sku } } } images { url altText width height }'
    const { product } = await query(`product(slug: "one") { ${fields} }`)
    expect(product.variants.edges).toEqual(['ONE-3', 'ONE-1'].map((sku) => ({ node: { sku } })))
    expect(product.images).toEqual(
      [0, 1, 2].map((place) => ({
        url: `http://localhost:4002/images/one-${place}.svg`,
        ...{ altText: 'Socks', width: 4, height: 3 },
      })),
    )
  })

  test('the history: categories and products by their ids, page by page, and since a time', async () => {
    await expectPages(history, shop.own, 'search')
    const page = { after: null, limit: 100, since: null, recipient: 'search' }
    const [, products] = await Promise.all(history.map((part) => part(shop.own, page)))
    const two = products?.find(({ cursor }) => cursor === ids[1])
    expect(two?.event.data).toMatchObject({ variants: ['TWO-3', 'TWO-1', 'TWO-2'].map((sku) => ({ sku })) })
  })

  test('a change publishes the variants in their order', async () => {
    const { product } = await query('product(slug: "two") { id version }')
    const input = { id: product.id, expectedVersion: product.version, description: `As ${order}.` }
    const mutation =
      'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { product { id } } }'
    await shop.execute(mutation, { input }, shop.editor)
    const published = (await shop.outbox()).filter(({ subject }) => subject === product.id).at(-1)
    expect(published?.data).toMatchObject({ variants: ['TWO-3', 'TWO-1', 'TWO-2'].map((sku) => ({ sku })) })
  })
})

test('categories of one position and one name are in the order of their ids', async () => {
  const { prisma } = shop.own
  const ofOneName = await prisma.category.findMany({ where: { slug: { in: ['crew', 'ankle'] } } })
  await prisma.category.updateMany({ where: { slug: { in: ['crew', 'ankle'] } }, data: { name: 'Same' } })
  for (let times = 0; times < 2; times++) {
    const { categories } = await query('categories { children { id } }')
    expect(categories[0].children.map(({ id }: { id: string }) => id)).toEqual(
      ofOneName.map(({ id }: { id: string }) => id).toSorted(),
    )
    await reverseRows(database)
  }
})
