import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

/** Two customers, each with two methods of their own to choose from. */
async function choosers() {
  const [ada, bob] = [customer(newId('usr')), customer(newId('usr'))] as const
  const [visa, wallet] = [await shop.aMethod(ada), await shop.aMethod(ada, 'approve@wallet.example')]
  const bobs = await shop.aMethod(bob)
  return {
    callers: [ada, bob] as const,
    input: { paymentMethodId: wallet },
    other: { paymentMethodId: visa },
    theirs: { paymentMethodId: bobs },
  }
}

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name, input, viewer) => shop.mutate(name, input, viewer),
  {
    async addPaymentMethod() {
      const token = await shop.sandbox.token('4242424242424242')
      return {
        callers: [customer(newId('usr')), customer(newId('usr'))],
        input: { token },
        other: { token, makeDefault: true },
        // A token is used once.
        theirs: { token: await shop.sandbox.token('4242424242424242') },
        effect: ({ paymentMethod }) => paymentMethod.id,
      }
    },
    setDefaultPaymentMethod: async () => ({
      ...(await choosers()),
      effect: ({ paymentMethod }) => paymentMethod.id,
    }),
    removePaymentMethod: async () => ({
      ...(await choosers()),
      effect: ({ removedPaymentMethodId }) => removedPaymentMethodId,
    }),
    async refundPayment() {
      const { orderId } = await shop.authorized(customer(newId('usr')))
      await shop.command('capture', { orderId })
      const input = { paymentId: (await shop.row(orderId)).id, amount: '10.00', reason: 'Late.' }
      return {
        callers: [staff('payments:refund', 'payments:read'), staff('payments:refund', 'payments:read')],
        input,
        other: { ...input, amount: '10.01' },
        effect: ({ payment }) => payment.refunds.map(({ id }: { id: string }) => id),
      }
    },
  },
)

testAuditedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (name: 'refundPayment', input, viewer) => shop.mutate(name, input, viewer),
  {
    async refundPayment() {
      const { orderId } = await shop.authorized(customer(newId('usr')))
      await shop.command('capture', { orderId })
      const { id: subjectId } = await shop.row(orderId)
      const refund = { amount: '10.00', reason: 'Late.' }
      const sums = { capturedMinor: '4200', refundedMinor: '0' }
      const before = { status: 'CAPTURED', ...sums, refundingMinor: '0' }
      const after = { ...before, refundingMinor: '1000', amountMinor: '1000', reason: 'Late.' }
      return {
        viewer: staff('payments:refund', 'payments:read'),
        input: { idempotencyKey: newId('key'), paymentId: subjectId, ...refund },
        entries: [{ subjectId, before, after }],
      }
    },
  },
)

test('a key whose token was refused adds a method with another token', async () => {
  const [ada, idempotencyKey] = [customer(newId('usr')), 'the same key']
  const refused = await shop.mutate('addPaymentMethod', { idempotencyKey, token: 'tok_of_nobody' }, ada)
  expect(refused.data.addPaymentMethod.userErrors).toMatchObject([{ code: 'token_unknown' }])
  const token = await shop.sandbox.token('4242424242424242')
  const { paymentMethod } = await shop.accepted('addPaymentMethod', { idempotencyKey, token }, ada)
  expect(paymentMethod).toMatchObject({ label: 'Visa •••• 4242', isDefault: true })
})

test('of methods that are made the default at once, one is, and no choice fails', async () => {
  const ada = customer(newId('usr'))
  const ids = [await shop.aMethod(ada), await shop.aMethod(ada), await shop.aMethod(ada)]
  for (let round = 0; round < 3; round++)
    await shop.atOnce(
      ids.map((paymentMethodId) => () => {
        const choice = { idempotencyKey: newId('key'), paymentMethodId }
        return shop.accepted('setDefaultPaymentMethod', choice, ada)
      }),
    )
  const where = { id: { in: ids }, isDefault: true }
  expect(await shop.resources.prisma.paymentMethod.count({ where })).toBe(1)
})
