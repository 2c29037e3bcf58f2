import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

test.each(['before', 'after'])(
  'a guest’s order that is claimed %s it is paid shows its payment to the customer, and to nobody else',
  async (when) => {
    const ada = customer(newId('usr'))
    const orderId = newId('ord')
    const claim = () =>
      shop.deliver('orders.order.claimed', {
        orderId,
        number: 'A-1',
        customerId: ada.kind === 'user' ? ada.id : '',
      })
    const data = { orderId, paymentMethodId: await shop.aMethod(anonymous), amount: usd('4200') }
    if (when === 'before') await claim()
    await shop.command('authorize', data)
    if (when === 'after') {
      expect(await shop.payment(orderId, ada)).toBeNull()
      await claim()
    }
    expect(await shop.payment(orderId, ada)).toMatchObject({ status: 'AUTHORIZED' })
    expect(await shop.payment(orderId, customer(newId('usr')))).toBeNull()
    // The first claim counts.
    await shop.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId: newId('usr') })
    expect(await shop.payment(orderId, ada)).toMatchObject({ status: 'AUTHORIZED' })
    // The account with which the card is erased.
    const payer = 'SELECT payer_id AS id FROM payment_method WHERE order_id = $1'
    expect(await shop.sql(payer, orderId)).toEqual([{ id: ada.kind === 'user' ? ada.id : '' }])
  },
)

test('guests’ orders that are claimed while they are paid show their payments to the customer', async () => {
  const customerId = newId('usr')
  await shop.sql('DELETE FROM throttle')
  const methods = await Promise.all(Array.from({ length: 8 }, () => shop.aMethod(anonymous)))
  const orders = methods.map((paymentMethodId) => ({ orderId: newId('ord'), paymentMethodId }))
  const deliveries = orders.flatMap(({ orderId, paymentMethodId }) => [
    () => shop.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId }),
    () => shop.deliver('payments.authorize', { orderId, paymentMethodId, amount: usd('4200') }),
  ])
  await shop.atOnce(deliveries)
  await shop.resources.work.idle()
  for (const { orderId } of orders)
    expect(await shop.payment(orderId, customer(customerId))).toMatchObject({ status: 'AUTHORIZED' })
})
