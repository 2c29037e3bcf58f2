import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimCalls } from './payment/gateway-calls.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. All rows of a list have one instant.

let shop: OpenPayments
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const clerk = staff('payments:read')
const now = new Date('2026-11-21T09:00:00.000Z')
let paymentId = ''
let otherId = ''

beforeAll(async () => {
  database = await sequentialDatabase('payments')
  shop = await openPayments({ database })
  const { orderId } = await shop.authorized(customer(newId('usr')))
  paymentId = (await shop.row(orderId)).id
  const { prisma } = shop.resources
  otherId = (await shop.row((await shop.authorized(customer(newId('usr')))).orderId)).id
  for (const reason of ['b', 'd', 'c', 'a']) {
    const about = { paymentId: reason === 'd' ? otherId : paymentId, amountMinor: 1n, reason }
    const refund = { ...about, id: `rfd_${reason}`, key: reason, status: 'SUCCEEDED' } as const
    await prisma.refund.create({ data: { ...refund, createdAt: now, settledAt: now } })
    const dispute = { ...about, id: `dsp_${reason}`, gatewayRef: reason, status: 'LOST' }
    await prisma.dispute.create({ data: { ...dispute, notedAt: now, updatedAt: now } })
  }
})
afterAll(() => shop.close())

async function methodsOf(viewer: Viewer & { kind: 'user' }) {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { paymentMethods { id isDefault } } } }`
  const { data, errors } = await shop.execute(query, { of: [{ __typename: 'User', id: viewer.id }] }, viewer)
  expect(errors).toEqual([])
  return data._entities[0].paymentMethods
}

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  test('refunds and disputes of a payment, the oldest first, those of one instant by id', async () => {
    if (order === 'reversed') await reverseRows(database)
    const query = `query ($id: ID!, $other: ID!) { payment(id: $id) { ...lists } other: payment(id: $other) { ...lists } }
      fragment lists on Payment { refunds { reason } disputes { reason } }`
    const { data, errors } = await shop.execute(query, { id: paymentId, other: otherId }, clerk)
    expect(errors).toEqual([])
    const inOrder = ['a', 'b', 'c'].map((reason) => ({ reason }))
    expect(data.payment).toEqual({ refunds: inOrder, disputes: inOrder })
    expect(data.other).toEqual({ refunds: [{ reason: 'd' }], disputes: [{ reason: 'd' }] })
  })

  test('due calls: the one that has waited longest first', async () => {
    const kinds = ['VOID', 'FETCH', 'CAPTURE'] as const
    const { prisma } = shop.resources
    for (const [place, kind] of [...kinds.entries()].toReversed()) {
      const about = {
        paymentId,
        createdAt: now,
        dueAt: new Date(now.getTime() + place),
        correlationId: 'cor',
      }
      await prisma.gatewayCall.create({ data: { ...about, id: newId('gwc'), kind } })
    }
    if (order === 'reversed') await reverseRows(database)
    const claimed: string[] = []
    for (const _ of kinds) {
      const due = { gateway: 'sandbox', now: new Date(now.getTime() + 9), most: 1 } as const
      claimed.push(...(await claimCalls(prisma, due)).map(({ kind }) => kind))
    }
    expect(claimed).toEqual(kinds)
    await prisma.gatewayCall.deleteMany({ where: { doneAt: null } })
  })

  test('methods of a customer, the newest first; after the default is removed, the first of the others is the default', async () => {
    const ada = customer(newId('usr')) as Viewer & { kind: 'user' }
    const ids: string[] = []
    for (let count = 0; count < 4; count++) ids.push(await shop.aMethod(ada))
    await shop.resources.prisma.paymentMethod.updateMany({ data: { createdAt: now } })
    if (order === 'reversed') await reverseRows(database)
    const [first, ...others] = ids.toSorted().reverse()
    const choice = { idempotencyKey: newId('key'), paymentMethodId: first }
    await shop.accepted('setDefaultPaymentMethod', choice, ada)
    const shown = (of: readonly (string | undefined)[]) =>
      of.map((id, place) => ({ id, isDefault: place === 0 }))
    expect(await methodsOf(ada)).toEqual(shown([first, ...others]))
    await shop.accepted('removePaymentMethod', { ...choice, idempotencyKey: newId('key') }, ada)
    expect(await methodsOf(ada)).toEqual(shown(others))
  })
})
