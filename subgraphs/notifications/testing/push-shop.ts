import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { expect } from 'vitest'
import { type OpenNotifications, openNotifications } from './open-notifications.ts'
import { openPushService, type PushService } from './push-service.ts'

export const REGISTER = `mutation ($input: RegisterPushSubscriptionInput!) { registerPushSubscription(input: $input) {
  subscription { id service createdAt } userErrors { ... on UserError { message path } } } }`
export const LIST = '{ webPushKey pushSubscriptions { id service } }'

type Subscription = ReturnType<PushService['browser']>['subscription']
type Row = { status: string; attempts: number; lastError: string | null; availableAt: Date }

/** The private key of the shop that signs push messages. */
export const PRIVATE_KEY = Buffer.alloc(32, 5)

/** The subgraph beside a push service on the loopback address. */
export async function openPushShop() {
  const service = await openPushService()
  const shop: OpenNotifications = await openNotifications({
    VAPID_PRIVATE_KEY: PRIVATE_KEY.toString('base64url'),
    ...{ VAPID_SUBJECT: 'https://shop.example/contact', PUSH_LOOPBACK: 'true' },
  })

  async function register(viewer: Viewer, input: Subscription) {
    const { data, errors } = await shop.execute(REGISTER, { input }, viewer)
    expect(errors).toEqual([])
    return data.registerPushSubscription
  }

  return {
    service,
    shop,
    register,

    /** The subscriptions of an account. */
    listOf: async (viewer: Viewer): Promise<{ id: string }[]> =>
      (await shop.execute(LIST, {}, viewer)).data.pushSubscriptions,

    /** A person with a browser. */
    async aReader() {
      const { userId, email } = await shop.aPerson()
      const browser = service.browser()
      const viewer = customer(userId)
      const { subscription } = await register(viewer, browser.subscription)
      const { endpoint } = browser.subscription
      return { userId, email, viewer, id: subscription.id as string, endpoint, browser }
    },

    /** Sends a parcel of an order of this person. */
    async ship(userId: string) {
      const orderId = await shop.anOrder({ customerId: userId })
      await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
      await shop.work()
    },

    /** The push messages to a person, in the order in which they were written. */
    pushOf: (userId: string) =>
      shop.sql<Row>(
        `SELECT status, attempts, last_error AS "lastError", available_at AS "availableAt" FROM notification
          WHERE user_id = $1 AND channel = 'PUSH' ORDER BY created_at, id`,
        userId,
      ),

    async close() {
      await shop.close()
      await service.close()
    },
  }
}

export type PushShop = Awaited<ReturnType<typeof openPushShop>>
