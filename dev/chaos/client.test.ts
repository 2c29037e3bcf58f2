import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chance } from '../seed/random/chance.ts'
import { stubbornClient } from './client.ts'
import { Intents } from './intents.ts'

type Asked = { readonly key: string; readonly address: string | undefined }

/** Answers of the server, one per request; null cuts the connection. */
let answers: (object | null)[]
let asked: Asked[]
let server: Server
let url: string
let intents: Intents
beforeEach(async () => {
  answers = []
  asked = []
  intents = new Intents()
  server = createServer(async (request, response) => {
    const body = JSON.parse(String(await request.toArray().then((chunks) => chunks.join(''))))
    asked.push({
      key: body.variables.input.idempotencyKey,
      address: request.headers['x-forwarded-for']?.toString(),
    })
    const answer = answers.shift()
    if (!answer) return void response.destroy()
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens has an address object.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
})
afterEach(async () => {
  server.closeAllConnections()
  await once(server.close(), 'close')
})

function client({ twice = 0, isOver = () => false }: { twice?: number; isOver?: () => boolean } = {}) {
  const address = () => '198.51.100.7'
  return stubbornClient({ url, intents, twice, isOver, address, chance: chance(1, 'client', 0) })
}

const placed = (id: string) => ({ data: { placeOrder: { order: { id }, userErrors: [] } } })
const refused = (__typename: string) => ({
  data: { placeOrder: { order: null, userErrors: [{ __typename }] } },
})

test('a mutation is sent again with its key until it is answered', async () => {
  answers = [null, { errors: [{ message: 'away' }] }, refused('ShippingAddressPendingError'), placed('ord_1')]
  expect(await client().run('placeOrder', { cartId: 'c' })).toMatchObject({ order: { id: 'ord_1' } })
  expect(asked).toHaveLength(4)
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1)
  expect(asked[0]?.address).toBe('198.51.100.7')
  expect(intents.all).toMatchObject([{ key: asked[0]?.key, mutation: 'placeOrder' }])
})

test('one that is sent twice at once notes the orders of both answers', async () => {
  answers = [placed('ord_1'), placed('ord_2')]
  await client({ twice: 1 }).run('placeOrder', { cartId: 'c' })
  expect(asked).toHaveLength(2)
  expect([...(intents.all[0]?.orderIds ?? [])].toSorted()).toEqual(['ord_1', 'ord_2'])
})

test('a refusal is an answer, and so is the end of the run', async () => {
  answers = [refused('PriceChangedError')]
  expect(await client().run('placeOrder', { cartId: 'c' })).toBeNull()
  expect(await client({ isOver: () => true }).run('placeOrder', { cartId: 'c' })).toBeNull()
  expect([...intents.ends]).toEqual([
    ['placeOrder PriceChangedError', 1],
    ['placeOrder given up', 1],
  ])
})
