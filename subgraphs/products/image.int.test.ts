import { randomBytes } from 'node:crypto'
import { openPrisma } from '@argyle/kit/database'
import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrismaClient } from './generated/prisma/client.ts'
import { productReads } from './product-reads.ts'
import { products } from './subgraph.ts'
import { aProduct } from './testing/examples.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle r="4"/></svg>'

let database: TestDatabase
let prisma: PrismaClient
let served: ServedSubgraph
beforeAll(async () => {
  database = await testDatabase('products')
  prisma = openPrisma(PrismaClient, database)
  const { variants: _, ...product } = aProduct()
  const at = { createdAt: product.releasedAt, updatedAt: product.releasedAt }
  const draft = { id: `${product.id.slice(0, -1)}2`, slug: 'draft', status: 'DRAFT' } as const
  const archived = { id: `${product.id.slice(0, -1)}3`, slug: 'archived', status: 'ARCHIVED' } as const
  await prisma.product.createMany({
    data: [product, { ...product, ...draft }, { ...product, ...archived }].map((row) => ({ ...row, ...at })),
  })
  const image = { position: 0, altText: 'A sock', width: 8, height: 6, svg: SVG }
  await prisma.productImage.createMany({
    data: [
      // The second of its product, written first.
      { ...image, productId: product.id, name: 'harbour-back', position: 1 },
      { ...image, productId: product.id, name: 'harbour-navy' },
      { ...image, productId: draft.id, name: 'secret-navy' },
      { ...image, productId: archived.id, name: 'harbour-navy-2019-side' },
    ],
  })
  served = await serveSubgraph(products, {
    settings: {
      PORT: '0',
      DATABASE_URL: database.url,
      INTERNAL_TOKEN_KEY: randomBytes(32).toString('base64url'),
      LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
    },
  })
})
afterAll(async () => {
  await served?.close()
  await prisma?.$disconnect()
  await database?.drop()
})

const get = (path: string) => fetch(new URL(path, served.url))

test('the pictures of a product are in their order', async () => {
  const reads = productReads(prisma, false)
  await prisma.$executeRaw`ANALYZE product_image`
  const pictures = await reads.images([aProduct().id])
  expect(pictures.map(({ name }) => name)).toEqual(['harbour-navy', 'harbour-back'])
  expect(pictures[0]).toMatchObject({ altText: 'A sock', width: 8, height: 6 })
})

test('a picture of a product that is not sold any more is served, since orders show it', async () => {
  expect((await get('/images/harbour-navy-2019-side.svg')).status).toBe(200)
})

test('a picture is served to everybody, under a policy that lets it only draw', async () => {
  const answer = await get('/images/harbour-navy.svg')
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(SVG)
  expect(answer.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=86400',
  })
})

test.each([
  ['an unknown picture', '/images/nothing.svg'],
  ['another kind of file', '/images/harbour-navy.png'],
  ['a path out of the folder', '/images/..%2F..%2Fetc%2Fpasswd'],
  ['a NUL', '/images/harbour%00.svg'],
  ['a picture of a draft', '/images/secret-navy.svg'],
])('%s is not found', async (_, path) => {
  const answer = await get(path)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toEqual({ message: 'The picture does not exist.' })
})
