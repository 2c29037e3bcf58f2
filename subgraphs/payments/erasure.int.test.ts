import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectOthersKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openPayments({ clock: () => now })
})
afterAll(() => shop.close())

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const methodsOf = (customerId: string) =>
  shop.resources.prisma.paymentMethod.findMany({
    where: { customerId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })

test('the methods of a deleted account are removed, erased and forgotten by the gateway; payments keep their amounts', async () => {
  const id = newId('usr')
  const [ada, bob] = [customer(id), customer(newId('usr'))]
  const { orderId } = await shop.authorized(ada)
  const paid = await shop.row(orderId)
  await shop.aMethod(ada, 'approve@wallet.example')
  await shop.aMethod(bob)
  const data = { ...Object(sample.data), userId: id, deletedAt: now.toISOString() }
  for (let time = 0; time < 2; time++) await shop.deliver(sample.type, data, { subject: id, sequence: 9 })
  const methods = await methodsOf(id)
  expect(methods).toMatchObject([
    { last4: '0000', expMonth: 1, expYear: 2000, removedAt: now, isDefault: false, detachedAt: null },
    { account: 'Erased', removedAt: now, isDefault: false, detachedAt: null },
  ])
  expect(await methodsOf(bob.kind === 'user' ? bob.id : '')).toMatchObject([
    { last4: '4242', removedAt: null },
  ])
  expect(await shop.row(orderId)).toEqual(paid)
  // A method that came with a late message is erased an hour later. The others keep the time of their removal.
  const [late, erasedAt] = [await shop.aMethod(ada), now]
  now = new Date(now.getTime() + 3_600_000)
  await shop.resources.methods.detachRemoved()
  await shop.runTimer('erase-deleted-users')
  for (const { id: method, detachedAt, last4, removedAt } of await methodsOf(id))
    if (method === late) expect([last4, removedAt, detachedAt]).toEqual(['0000', now, null])
    else expect([removedAt, detachedAt]).toEqual([erasedAt, now])
})

test('a card whose number ends in 0000 loses its expiry too', async () => {
  const id = newId('usr')
  await shop.aMethod(customer(id))
  await shop.sql(
    "UPDATE payment_method SET last4 = '0000', exp_month = 7, exp_year = 2031 WHERE customer_id = $1",
    id,
  )
  const data = { ...Object(sample.data), userId: id, deletedAt: now.toISOString() }
  await shop.deliver(sample.type, data, { subject: id, sequence: 9 })
  expect(await methodsOf(id)).toMatchObject([{ last4: '0000', expMonth: 1, expYear: 2000, removedAt: now }])
})

test('another account keeps its methods and its payments', async () => {
  const aPerson = async () => {
    const id = newId('usr')
    await shop.authorized(customer(id))
    await shop.aMethod(customer(id), 'approve@wallet.example')
    return id
  }
  await expectOthersKept(shop, aPerson, (id) => {
    const data = { ...Object(sample.data), userId: id, deletedAt: now.toISOString() }
    return shop.deliver(sample.type, data, { subject: id, sequence: 9 })
  })
})
