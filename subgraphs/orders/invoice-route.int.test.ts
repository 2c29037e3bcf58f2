import { get, type ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { invoicePath } from './invoice/invoice-link.ts'
import { invoicePdf } from './invoice/invoice-pdf.ts'
import { AT_ONCE, invoiceRoute, MAX_PER_INVOICE, MAX_WAITING } from './invoice/invoice-route.ts'
import { secretKeys } from './secret-keys.ts'
import { openOrders, type Shop } from './testing/open-orders.ts'

const key = Buffer.alloc(32, 7)
const clock = () => new Date()
let shop: Shop
/** The path of the invoice. Here, the path of any other invoice leads to the same one. */
let path: string
let invoiceId: string
const another = () => invoicePath(key, newId('inv'), clock())
beforeAll(async () => {
  shop = await openOrders({})
  const { id: orderId } = await shop.order(await shop.addBuyer())
  await shop.answer('reserved', orderId)
  await shop.answer('committed', orderId)
  await shop.runTimer('number-invoices')
  const { id } = await shop.prisma.invoice.findFirstOrThrow({ where: { orderId } })
  invoiceId = id
  path = invoicePath(key, id, clock())
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('links to invoices and proofs of guests have keys of their own, which every replica has', async () => {
  const [guest, invoice] = [await shop.own.keys('guest'), await shop.own.keys('invoice')]
  expect(guest).not.toEqual(invoice)
  const replica = secretKeys(shop.prisma)
  expect([await replica('guest'), await replica('invoice')]).toEqual([guest, invoice])
})

describe('invoices', () => {
  let app: ReturnType<typeof Fastify>
  let url: string
  let found = 0
  /** The documents that are being rendered, each with the function that completes it. */
  let rendering: (() => void)[] = []

  beforeEach(async () => {
    app = Fastify()
    found = 0
    rendering = []
    const invoices: Shop['own']['invoices'] = {
      ...shop.own.invoices,
      async find() {
        const invoice = await shop.own.invoices.find(invoiceId)
        found++
        return invoice
      },
    }
    const render = () => new Promise<Buffer>((resolve) => rendering.push(() => resolve(Buffer.from('%PDF-'))))
    // Routes are added to the application of the service, which is a Fastify instance too.
    invoiceRoute(
      app as Parameters<typeof invoiceRoute>[0],
      { invoices, keys: async () => key, clock },
      render,
    )
    url = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(() => app.close())

  test.each<[string, () => string]>([
    ['that is signed with another key', () => invoicePath(Buffer.alloc(32, 8), invoiceId, clock())],
    ['that has expired', () => invoicePath(key, invoiceId, new Date(Date.now() - 86_400_000))],
    ['without a signature', () => path.replace(/&signature=.*/, '')],
    ['without anything', () => `/invoices/${invoiceId}.pdf`],
    ['with two signatures', () => `${path}&signature=x`],
  ])('a link %s is answered 404, and no invoice is looked for', async (_, link) => {
    const answer = await fetch(url + link())
    const message = 'The invoice does not exist, or its link has expired.'
    expect([answer.status, await answer.json(), found]).toEqual([404, { message }, 0])
  })

  /** Sends requests, and resolves to their answers once all have been found, so that they are rendered or wait. */
  async function ask(times: number) {
    const before = found
    const answers = Array.from({ length: times }, () => fetch(url + another()).then(({ status }) => status))
    await expect.poll(() => found, { timeout: 30_000 }).toBe(before + times)
    await turn()
    return answers
  }
  /** Completes documents until none is left. */
  async function completeAll(answers: readonly Promise<unknown>[]) {
    let isDone = false
    const all = Promise.all(answers).finally(() => {
      isDone = true
    })
    while (!isDone) {
      rendering.shift()?.()
      await turn()
    }
    return all
  }

  test(`are rendered ${AT_ONCE} at a time, and ${MAX_WAITING} wait; one more is answered 503`, async () => {
    const first = await ask(AT_ONCE + MAX_WAITING)
    expect(rendering).toHaveLength(AT_ONCE)
    const refused = await fetch(url + another())
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toEqual({
      message: `${MAX_WAITING} invoices are waited for. Try again in 5 seconds.`,
    })
    expect(await completeAll(first)).toEqual(Array(AT_ONCE + MAX_WAITING).fill(200))
    expect(await completeAll(await ask(1))).toEqual([200])
  })

  test('that nobody waits for any more leave the queue', async () => {
    const first = await ask(AT_ONCE)
    // An answer that was given closes its response too, at a time of its own.
    let left = 0
    app.server.on('request', (_: unknown, response: ServerResponse) =>
      response.once('close', () => {
        if (!response.writableFinished) left++
      }),
    )
    const leaving = Array.from({ length: MAX_WAITING }, () => get(url + another()).on('error', () => {}))
    await expect.poll(() => found, { timeout: 30_000 }).toBe(AT_ONCE + MAX_WAITING)
    await turn()
    expect((await fetch(url + another())).status).toBe(503)
    for (const request of leaving) request.destroy()
    await expect.poll(() => left, { timeout: 30_000 }).toBe(MAX_WAITING)
    const later = await ask(MAX_WAITING)
    expect(await completeAll([...first, ...later])).toEqual(Array(AT_ONCE + MAX_WAITING).fill(200))
  })

  test(`have ${MAX_PER_INVOICE} requests each at most, so that a link cannot take the places of others`, async () => {
    const first = Array.from({ length: MAX_PER_INVOICE }, () =>
      fetch(url + path).then(({ status }) => status),
    )
    await expect.poll(() => found, { timeout: 30_000 }).toBe(MAX_PER_INVOICE)
    await turn()
    const refused = await fetch(url + path)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toEqual({
      message: `${MAX_PER_INVOICE} requests for this invoice are under way. Try again in 5 seconds.`,
    })
    const others = await ask(1)
    expect(await completeAll([...first, ...others])).toEqual(Array(MAX_PER_INVOICE + 1).fill(200))
    const again = Array.from({ length: MAX_PER_INVOICE }, () =>
      fetch(url + path).then(({ status }) => status),
    )
    expect(await completeAll(again)).toEqual(Array(MAX_PER_INVOICE).fill(200))
  })

  test('that nobody waits for any more keep their place while they are rendered', async () => {
    let left = 0
    app.server.on('request', (_: unknown, response: ServerResponse) => response.once('close', () => left++))
    const leaving = get(url + another()).on('error', () => {})
    await expect.poll(() => rendering.length, { timeout: 30_000 }).toBe(AT_ONCE)
    leaving.destroy()
    await expect.poll(() => left, { timeout: 30_000 }).toBe(1)
    const next = await ask(1)
    expect(rendering).toHaveLength(AT_ONCE)
    expect(await completeAll(next)).toEqual([200])
  })

  test('are kept by no cache, and tell no other site of their link', async () => {
    const asked = fetch(url + path)
    await expect.poll(() => rendering.length, { timeout: 30_000 }).toBe(1)
    rendering.shift()?.()
    const { headers } = await asked
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${invoiceId}.pdf"`,
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test('that do not exist or have no number yet are answered 404', async () => {
    const plain = Fastify()
    const { invoices } = shop.own
    invoiceRoute(plain as Parameters<typeof invoiceRoute>[0], { invoices, keys: async () => key, clock })
    const { orderId } = await shop.prisma.invoice.findUniqueOrThrow({ where: { id: invoiceId } })
    const id = newId('inv')
    const credit = { kind: 'CREDIT_NOTE', reason: 'test', amountMinor: 1n, madeAt: clock() } as const
    await shop.prisma.invoice.create({ data: { id, orderId, ...credit } })
    for (const link of [another(), invoicePath(key, id, clock())])
      expect((await plain.inject(link)).statusCode).toBe(404)
    await plain.close()
  })

  test('whose rendering fails leave their place', async () => {
    const failing = Fastify()
    const { invoices } = shop.own
    invoiceRoute(
      failing as Parameters<typeof invoiceRoute>[0],
      { invoices, keys: async () => key, clock },
      () => Promise.reject(new Error('no font')),
    )
    for (let time = 0; time < AT_ONCE + 2; time++) expect((await failing.inject(path)).statusCode).toBe(500)
    await failing.close()
  })
})

test('other work has a turn after each row of a long invoice', async () => {
  const title = 'Κάλτσες 羊毛の靴下 양모 양말 جوارب'
  const row = { title, quantity: '1', unit: '', discount: '', taxRate: '', total: '' }
  const text = { heading: 'Invoice', facts: [], address: [], goods: Array(100).fill(row), sums: [] }
  // The fonts are opened once.
  await invoicePdf({ ...text, goods: [row] }, clock())
  let turns = 0
  let isDone = false
  const others = (async () => {
    while (!isDone) {
      await turn()
      turns++
    }
  })()
  await invoicePdf(text, clock())
  isDone = true
  await others
  expect(turns).toBeGreaterThanOrEqual(100)
})
