import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** Texts of the e-mails about an order whose payment fails and that is cancelled, in the order of these messages. */
async function told(...messages: readonly (readonly [type: string, data: object])[]): Promise<string[]> {
  const { userId, email } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: userId, countryCode: 'US' })
  for (const [type, data] of messages)
    await shop.deliverSample(type, { orderId, paymentId: newId('pay'), ...data })
  await shop.work()
  return (await shop.mailTo(email)).map(({ text }) => text)
}

const declined = (code: string) => ['payments.payment.declined', { code }] as const
const cancelled = (reason: string) => ['orders.order.cancelled', { reason }] as const

test.each([
  ['insufficient_funds', 'PAYMENT_DECLINED', 'not enough money in the account'],
  ['card_declined', 'PAYMENT_DECLINED', 'Your bank can tell you the reason'],
  ['action_timeout', 'PAYMENT_TIMEOUT', 'The payment was not completed in time.'],
  ['fraudulent', 'FRAUD', 'We could not verify the payment.'],
  ['fraud', 'FRAUD', 'We could not verify the payment.'],
  ['suspected_fraud', 'FRAUD', 'We could not verify the payment.'],
  ['stolen_card', 'FRAUD', 'We could not verify the payment.'],
  // Longer than a code that is stored.
  ['x'.repeat(101), 'PAYMENT_DECLINED', 'Your bank can tell you the reason'],
])(
  'a payment that is declined by %s, and its order that is cancelled as %s, cause one e-mail',
  async (code, reason, text) => {
    expect(await told(declined(code), cancelled(reason))).toEqual([expect.stringContaining(text)])
  },
)

test.each(['A_REASON_OF_A_NEWER_VERSION', null])(
  'an order that is cancelled as %j is reported without a reason',
  async (reason) => {
    expect(await told(['orders.order.cancelled', { reason }])).toEqual([
      expect.stringContaining('We cancelled your order A-7K2M-9QX3.\n'),
    ])
  },
)

test('the order of the two messages does not matter', async () => {
  expect(await told(cancelled('PAYMENT_DECLINED'), declined('card_declined'))).toEqual([
    expect.stringContaining('was declined. Nothing was charged.'),
  ])
})

test('a customer whose payment is authorized, but whose capture is refused, gets an e-mail', async () => {
  const failed = ['payments.payment.capture_failed', { code: 'capture_refused' }] as const
  expect(await told(failed, cancelled('PAYMENT_DECLINED'))).toEqual([
    expect.stringContaining('was declined. Nothing was charged.'),
  ])
})
