import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { weightAt } from './popularity.ts'
import { type OpenSearch, openSearch, productData } from './testing/open-search.ts'

let shop: OpenSearch
beforeAll(async () => {
  shop = await openSearch()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** A sample message of its publisher. Subgraphs share such files, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

async function deliverSample(publisher: string, type: string): Promise<void> {
  const { data, ...about } = sampleOf(publisher, type)
  await shop.deliver(type, data, about)
}

/** A message that a category has this name. */
const renamed = (
  categoryId: string,
  { sequence, ...data }: { name: string; sequence: number; parentId: string | null },
) =>
  shop.deliver(
    'products.category.changed',
    { categoryId, slug: 'x', position: 0, ...data },
    { subject: categoryId, sequence },
  )

/** The hit of the product in the samples. */
const found = async () => {
  const fields = 'edges { node { title } } facets { name values { label } } indexedThrough'
  return shop.search('harbour', {}, fields)
}

const HEARD = [
  ['products', 'products.product.changed'],
  ['products', 'products.category.changed'],
  ['inventory', 'inventory.availability.changed'],
  ['reviews', 'reviews.rating.changed'],
  ['orders', 'orders.order.placed'],
  ['orders', 'orders.order.cancelled'],
] as const

test('the sample messages of other subgraphs are accepted, in any order and repeatedly', async () => {
  for (const [publisher, type] of [...HEARD.toReversed(), ...HEARD]) await deliverSample(publisher, type)
  await derive()
  const answer = await found()
  expect(answer.edges).toEqual([{ node: { title: 'Harbour Stripe Crew' } }])
  const values = answer.facets.flatMap((facet: { values: { label: string }[] }) => facet.values)
  expect(values.map(({ label }: { label: string }) => label)).toEqual(
    expect.arrayContaining(['Crew', 'Navy', 'S', 'M']),
  )
  expect(answer.indexedThrough).toBe('2026-11-21T09:30:00.000Z')
})

test('each message advances the time of the newest change that the index knows', async () => {
  for (const [index, [publisher, type]] of HEARD.entries()) {
    const { data, id: _, ...about } = sampleOf(publisher, type)
    const time = `2026-11-22T0${index}:00:00.000Z`
    await shop.deliver(type, data, { ...about, time })
    expect([type, (await found()).indexedThrough]).toEqual([type, time])
  }
})

test('a product of before descriptions, options and release dates was released when its message was made', async () => {
  const { description: _, releasedAt: __, ...data } = productData(newId('prd'), { title: 'Vontsira Crew' })
  const variants = data.variants.map(({ options: ___, ...variant }) => variant)
  const time = '2026-10-09T08:07:06.000Z'
  await shop.deliver('products.product.changed', { ...data, variants }, { subject: data.productId, time })
  const rows = await shop.resources.prisma.$queryRawUnsafe(
    'SELECT description, released_at, facet_ids FROM listing WHERE product_id = $1',
    data.productId,
  )
  expect(rows).toEqual([{ description: '', released_at: new Date(time), facet_ids: [] }])
})

test('a product is found by the six categories above it, also after the highest got another name', async () => {
  let categoryId: string | null = null
  const made: string[] = []
  for (const name of ['Aaa', 'Bbb', 'Ccc', 'Ddd', 'Eee', 'Fff', 'Ggg']) {
    categoryId = await shop.aCategory(`Level${name}`, categoryId)
    made.push(categoryId)
  }
  await shop.aProduct({ title: 'Fossa Crew', categoryId })
  expect(await shop.titles('levelbbb')).toEqual(['Fossa Crew'])
  expect(await shop.titles('', { filter: { categoryIds: [made[1]] } })).toEqual(['Fossa Crew'])
  expect(await shop.titles('', { filter: { categoryIds: [made[0]] } })).toEqual([])
  await renamed(made[1] ?? '', { name: 'Zyzzogeton', sequence: 2, parentId: made[0] ?? null })
  await derive()
  expect(await shop.titles('zyzzogeton')).toEqual(['Fossa Crew'])
})

/** Runs the timer that follows a changed category. */
const derive = () => shop.runTimer('derive-stale-listings')

/** Locks the rows for which the last statement of each listener waits. */
const LOCK_PROGRESS = `INSERT INTO progress AS kept (slot, through) SELECT slot, '2026-11-01' FROM generate_series(0, 15) AS slot
  ON CONFLICT (slot) DO UPDATE SET through = kept.through RETURNING 1`

test('words are learnt from products on sale only', async () => {
  const productId = newId('prd')
  const wordsAfter = async (sequence: number, status: string) => {
    const data = productData(productId, { title: 'Zyzzyva Crew', description: 'Kibble.', status })
    await shop.deliver('products.product.changed', data, { subject: productId, sequence })
    return shop.resources.prisma.$queryRawUnsafe(`SELECT word FROM word WHERE word = 'zyzzyva'`)
  }
  expect(await wordsAfter(1, 'DRAFT')).toEqual([])
  expect(await wordsAfter(2, 'ARCHIVED')).toEqual([])
  expect(await wordsAfter(3, 'ACTIVE')).toEqual([{ word: 'zyzzyva' }])
  const isName = () => shop.resources.prisma.$queryRawUnsafe(`SELECT is_name FROM word WHERE word = 'kibble'`)
  expect(await isName()).toEqual([{ is_name: false }])
  await shop.aProduct({ title: 'Kibble Crew' })
  expect(await isName()).toEqual([{ is_name: true }])
  // The name of a category is that of its products too.
  await shop.aProduct({ title: 'Tayra Crew', categoryId: await shop.aCategory('Mustelids') })
  expect(
    await shop.resources.prisma.$queryRawUnsafe(`SELECT is_name FROM word WHERE word = 'mustelids'`),
  ).toEqual([{ is_name: true }])
})

describe('the newest message wins, in any order', () => {
  test('of a product', async () => {
    const productId = newId('prd')
    const deliverProduct = (title: string, sequence: number, status = 'ACTIVE') => {
      const data = productData(productId, { title, status })
      return shop.deliver('products.product.changed', data, { subject: productId, sequence })
    }
    await deliverProduct('Newer Quokka', 2)
    await deliverProduct('Older Quokka', 1)
    expect(await shop.titles('quokka')).toEqual(['Newer Quokka'])
    await deliverProduct('Newest Quokka', 3, 'ARCHIVED')
    await deliverProduct('Newer Quokka', 2)
    expect(await shop.titles('quokka')).toEqual([])
  })

  test('of a stock, also before its product', async () => {
    const data = productData(newId('prd'), { title: 'Wombat Crew' })
    const [variant] = data.variants
    await shop.stock(variant?.variantId ?? '', 'OUT_OF_STOCK', 2)
    await shop.stock(variant?.variantId ?? '', 'IN_STOCK', 1)
    await shop.deliver('products.product.changed', data, { subject: data.productId })
    expect(await shop.titles('wombat', { filter: { inStockOnly: true } })).toEqual([])
    await shop.stock(variant?.variantId ?? '', 'LOW_STOCK', 3)
    expect(await shop.titles('wombat', { filter: { inStockOnly: true } })).toEqual(['Wombat Crew'])
  })

  test('of the stock of its two variants, which are sold out at once', async () => {
    const { variants } = await shop.aProduct({ title: 'Quoll Crew', sizes: ['M', 'L'] })
    await shop.atOnce(
      variants.map(
        ({ variantId }) =>
          () =>
            shop.stock(variantId, 'OUT_OF_STOCK', 2),
      ),
    )
    expect(await shop.titles('quoll', { filter: { inStockOnly: true } })).toEqual([])
  })

  test('of a product and of its stock at the same time, without a deadlock', async () => {
    const data = await shop.aProduct({ title: 'Bandicoot Crew' })
    const { productId, variants } = data
    const lock = 'SELECT 1 FROM listing WHERE product_id = $1 FOR UPDATE'
    const works = await shop.whileLocked(lock, [productId], async () => {
      const newer = { ...data, title: 'Bandicoot Ankle' }
      const change = shop.deliver('products.product.changed', newer, { subject: productId, sequence: 2 })
      await shop.untilWaiting(1, [change])
      const sale = shop.stock(variants[0]?.variantId ?? '', 'OUT_OF_STOCK', 2)
      await shop.untilWaiting(2, [change, sale])
      return [change, sale]
    })
    await Promise.all(works)
    expect(await shop.titles('bandicoot')).toEqual(['Bandicoot Ankle'])
    expect(await shop.titles('bandicoot', { filter: { inStockOnly: true } })).toEqual([])
  })

  test('of a product that arrives during the change of its stock: it is derived afterwards, without a second lock', async () => {
    const data = productData(newId('prd'), { title: 'Potoroo Crew' })
    const { productId, variants } = data
    const works = await shop.whileLocked(LOCK_PROGRESS, [], async () => {
      const change = shop.deliver('products.product.changed', data, { subject: productId })
      await shop.untilWaiting(1, [change])
      const sale = shop.stock(variants[0]?.variantId ?? '', 'OUT_OF_STOCK', 2)
      await shop.untilWaiting(2, [change, sale])
      return [change, sale]
    })
    await Promise.all(works)
    const { prisma } = shop.resources
    expect(await prisma.$queryRawUnsafe('SELECT product_id AS id FROM stale_listing')).toEqual([
      { id: productId },
    ])
    await derive()
    expect(await shop.titles('potoroo')).toEqual(['Potoroo Crew'])
    expect(await shop.titles('potoroo', { filter: { inStockOnly: true } })).toEqual([])
  })

  test('of a category: its products are found by its new name, and by those above it', async () => {
    const top = await shop.aCategory('Marsupials')
    const categoryId = newId('cat')
    const deliverProduct = (name: string, sequence: number, parentId: string | null) =>
      renamed(categoryId, { name, sequence, parentId })
    await shop.aProduct({ title: 'Bilby Ankle', categoryId })
    await deliverProduct('Burrowers', 2, top)
    await deliverProduct('Diggers', 1, null)
    await derive()
    expect(await shop.titles('burrowers')).toEqual(['Bilby Ankle'])
    expect(await shop.titles('marsupials')).toEqual(['Bilby Ankle'])
    expect(await shop.titles('diggers')).toEqual([])
  })

  test.each(['renamed', 'created'])('of a category that is %s while a product moves into it', async (how) => {
    const name = `Gliders${how}`
    const categoryId = how === 'created' ? newId('cat') : await shop.aCategory('Flyers')
    const data = await shop.aProduct({ title: 'Feathertail Crew' })
    const { productId } = data
    const works = await shop.whileLocked(LOCK_PROGRESS, [], async () => {
      const rename = renamed(categoryId, { name, sequence: 2, parentId: null })
      await shop.untilWaiting(1, [rename])
      const moved = { ...data, categoryId }
      const move = shop.deliver('products.product.changed', moved, { subject: productId, sequence: 2 })
      await shop.untilWaiting(2, [rename, move])
      return [rename, move]
    })
    await Promise.all(works)
    await derive()
    expect(await shop.titles(name)).toEqual(['Feathertail Crew'])
  })
})

describe('what sells comes first', () => {
  const order = (orderId: string, productId: string, quantity: number) =>
    shop.deliver(
      'orders.order.placed',
      { orderId, lines: [{ productId, variantId: newId('var'), quantity }] },
      { subject: orderId },
    )
  const cancel = (orderId: string) =>
    shop.deliver('orders.order.cancelled', { orderId }, { subject: orderId, sequence: 2 })

  test('an order counts once, and not at all after its cancellation, even if that arrives first', async () => {
    const one = await shop.aProduct({ title: 'Numbat One' })
    const two = await shop.aProduct({ title: 'Numbat Two' })
    const [first, second, third] = [newId('ord'), newId('ord'), newId('ord')]
    await order(first, one.productId, 2)
    await order(second, two.productId, 1)
    await order(second, two.productId, 1)
    await order(second, two.productId, 1)
    expect(await shop.titles('numbat')).toEqual(['Numbat One', 'Numbat Two'])
    await cancel(third)
    await order(third, two.productId, 9)
    expect(await shop.titles('numbat')).toEqual(['Numbat One', 'Numbat Two'])
    await cancel(first)
    await cancel(first)
    expect(await shop.titles('numbat')).toEqual(['Numbat Two', 'Numbat One'])
  })

  test('an order that is cancelled while it is counted does not count', async () => {
    const { productId } = await shop.aProduct({ title: 'Bettong' })
    const orderId = newId('ord')
    await shop.atOnce([() => order(orderId, productId, 1), () => cancel(orderId)])
    const rows = await shop.resources.prisma.$queryRawUnsafe<{ popularity: number }[]>(
      'SELECT popularity FROM listing WHERE product_id = $1',
      productId,
    )
    expect(rows).toEqual([{ popularity: 0 }])
  })

  test('an order counts the units of all its lines at its time, and a cancellation takes them back once', async () => {
    const { productId } = await shop.aProduct({ title: 'Monito' })
    const line = (quantity: number) => ({ productId, variantId: newId('var'), quantity })
    // Orders of the last 400 days count.
    const time = new Date(Date.now() - 26 * 86_400_000).toISOString()
    const [kept, gone] = [newId('ord'), newId('ord')]
    for (const [orderId, lines] of [
      [kept, [line(1), line(2)]],
      [gone, [line(5)]],
    ] as const)
      await shop.deliver('orders.order.placed', { orderId, lines }, { subject: orderId, time })
    const units = async () => {
      const rows = await shop.resources.prisma.$queryRawUnsafe<{ listed: number; best: number }[]>(
        `SELECT l.popularity AS listed, b.popularity AS best FROM listing l JOIN best_seller b USING (product_id) WHERE product_id = $1`,
        productId,
      )
      return rows.flatMap(({ listed, best }) => [listed, best].map((sum) => sum / weightAt(new Date(time))))
    }
    expect(await units()).toEqual([expect.closeTo(8, 6), expect.closeTo(8, 6)])
    for (let times = 0; times < 2; times++) await cancel(gone)
    expect(await units()).toEqual([expect.closeTo(3, 6), expect.closeTo(3, 6)])
  })

  test('two messages of one order at once count as one', async () => {
    const { productId } = await shop.aProduct({ title: 'Potoroo' })
    const orderId = newId('ord')
    await shop.manyAtOnce(4, () => order(orderId, productId, 1))
    const rows = await shop.resources.prisma.$queryRawUnsafe<{ same: boolean }[]>(
      `SELECT l.popularity = o.weight AND l.popularity = b.popularity AS same
         FROM listing l JOIN best_seller b USING (product_id) JOIN ordered_product o USING (product_id) WHERE product_id = $1`,
      productId,
    )
    expect(rows).toEqual([{ same: true }])
  })
})

describe('what was searched for', () => {
  test('is counted and published in sums, without text that may identify a person', async () => {
    const { flush } = await counts()
    await flush()
    for (const query of [
      'Numbats',
      ' numbats ',
      'nothing like it',
      'ada@argyle.example',
      '4111 1111 1111 1111',
    ])
      await shop.search(query, {}, 'totalCount')
    await shop.execute(
      `mutation { recordSearchClick(input: { query: "numbats", productId: "${newId('prd')}" }) { isCounted } }`,
    )
    await flush()
    const published = (await shop.outbox()).filter(({ type }) => type === 'search.query.counted').at(-1)
    const sample = sampleOf('search', 'search.query.counted')
    expect(Object.keys(published?.data as object)).toEqual(Object.keys(sample.data as object))
    expect((published?.data as { queries: unknown[] } | undefined)?.queries).toEqual([
      {
        ...{ query: 'numbats', searches: 1, zeroResults: 0, clicks: 1 },
        dayTotals: { searches: 1, zeroResults: 0, clicks: 1 },
      },
      {
        query: 'nothing like it',
        searches: 1,
        zeroResults: 1,
        clicks: 0,
        dayTotals: { searches: 1, zeroResults: 1, clicks: 0 },
      },
    ])
  })

  test('is suggested once several networks searched for it; products and categories always are', async () => {
    const { flush } = await counts()
    const texts = async () => {
      const { data } = await shop.execute('{ suggest(prefix: "womb") { kind text } }')
      return data.suggest.map(({ kind, text }: { kind: string; text: string }) => `${kind} ${text}`)
    }
    const products = ['PRODUCT Wombat Crew']
    expect(await texts()).toEqual(products)
    for (let time = 0; time < 5; time++)
      await shop.execute('{ search(query: "wombats") { totalCount } }', {}, undefined, {
        clientAddress: `192.0.2.${time}`,
      })
    await flush()
    await shop.runTimer('derive-suggested-queries')
    expect(await texts()).toEqual(['QUERY wombats', ...products])
    const suggest = async (prefix: string, fields = 'kind text') =>
      (await shop.execute(`{ suggest(prefix: "${prefix}") { ${fields} } }`)).data.suggest
    // The last word may be the beginning of one, those before it are whole.
    const fields = 'kind text category { id } product { id }'
    expect(await suggest('warm marsu', fields)).toEqual([
      { kind: 'CATEGORY', text: 'Marsupials', category: { id: expect.any(String) }, product: null },
    ])
    expect(await suggest('womb crew')).toEqual([{ kind: 'CATEGORY', text: 'Crew' }])
    const { productId, slug } = await shop.aProduct({ title: 'Zorilla Crew' })
    await shop.aProduct({ title: 'Zorilla Ankle', status: 'ARCHIVED' })
    expect(await suggest('zor', 'text category { id } product { id title slug }')).toEqual([
      { text: 'Zorilla Crew', category: null, product: { id: productId, title: 'Zorilla Crew', slug } },
    ])
    // The first 60 characters, and of these the first six words, are looked at.
    const long = 'a'.repeat(53)
    await shop.aProduct({ title: `Uakari ${long}` })
    await shop.aProduct({ title: 'Uakari of some low canopy green' })
    for (const [prefix, title] of [
      [`uakari ${long}zzz`, `Uakari ${long}`],
      ['uakari of some low canopy gr and more', 'Uakari of some low canopy green'],
    ] as const)
      expect(await suggest(prefix, 'text')).toEqual([{ text: title }])
    await shop.aCategory('Füßlinge')
    expect(await suggest('fuss')).toEqual([{ kind: 'CATEGORY', text: 'Füßlinge' }])
  })

  async function counts() {
    const timer = (await import('./subgraph.ts')).search.timers?.find(
      ({ name }) => name === 'write-query-counts',
    )
    return { flush: async () => timer?.run(shop.resources) }
  }
})
