// Tested in notifications.int.test.ts: the file has no logic of its own.
import { type AuditLog, auditLog } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import { type Throttle, throttleOn } from '@argyle/kit/throttle'
import { forgetGuestAddresses } from './copies.ts'
import { type AddressStore, addressStore } from './delivery/address-store.ts'
import { type DeliveryStore, deliveryStore, LANE_NAMES } from './delivery/delivery-store.ts'
import { smtpChannel } from './delivery/email.ts'
import { pushChannel, vapidPublicKey } from './delivery/push.ts'
import { reportRoute } from './delivery/report-route.ts'
import { smsChannel } from './delivery/sms.ts'
import { type DigestStore, digestStore } from './digest/digest-store.ts'
import { erasePerson } from './erasure.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'
import { listens, listensToMany } from './listens.ts'
import { type NotificationLoaders, notificationLoaders } from './loaders.ts'
import { type NotificationStore, notificationStore } from './notification/notification-store.ts'
import { type RetryStore, retryStore } from './notification/retry-store.ts'
import { type OccasionStore, occasionStore } from './occasion/occasion-store.ts'
import { type PhoneStore, phoneStore } from './phone/phone-store.ts'
import { type PreferenceStore, preferenceStore } from './preference/preference-store.ts'
import { unsubscribeRoute } from './preference/unsubscribe-route.ts'
import { unsubscribeKey } from './preference/unsubscribe-token.ts'
import type { PushHosts } from './push/push-endpoint.ts'
import { type PushSubscriptionStore, pushSubscriptionStore } from './push/push-subscription-store.ts'
import { resolvers } from './resolvers.ts'
import { notificationSettings } from './settings.ts'

/** Resources that live as long as the subgraph. */
export type Resources = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly notifications: NotificationStore
  readonly occasions: OccasionStore
  readonly deliveries: DeliveryStore
  readonly preferences: PreferenceStore
  readonly addresses: AddressStore
  readonly digests: DigestStore
  readonly retries: RetryStore
  readonly audit: AuditLog
  readonly pushSubscriptions: PushSubscriptionStore
  readonly pushHosts: PushHosts
  readonly phones: PhoneStore
  /** Beginnings of the numbers that may be registered. */
  readonly phonePrefixes: readonly string[]
  readonly throttle: Throttle
  /** The key that browsers subscribe with; null: nothing is sent to browsers. */
  readonly pushKey: string | null
  readonly reportKey: Uint8Array | null
  readonly unsubscribeKey: Uint8Array
  close(): Promise<void>
}

/** Context of resolvers. */
export type Context = {
  readonly viewer: Viewer
  readonly notifications: NotificationStore
  readonly preferences: PreferenceStore
  readonly load: NotificationLoaders
  readonly clientAddress: string | null
} & Pick<
  Resources,
  'pushSubscriptions' | 'pushHosts' | 'pushKey' | 'phones' | 'phonePrefixes' | 'retries' | 'audit'
>

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

export const notifications = defineSubgraph({
  name: 'notifications',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: notificationSettings,
  async open({ database, clock, config: settings }): Promise<Resources> {
    const prisma = openPrisma(PrismaClient, database)
    const mail = { EMAIL: smtpChannel(settings), CAMPAIGN: smtpChannel(settings) }
    const { LINK_KEY: linkKey, PUBLIC_URL: publicUrl } = settings
    const preferences = preferenceStore(prisma, clock, settings.SHOP_TIME_ZONE)
    const ofUnsubscribing = unsubscribeKey(linkKey)
    const pushSubscriptions = pushSubscriptionStore(prisma, clock)
    const throttle = throttleOn(prisma, clock)
    const sms = smsChannel(settings)
    const pushHosts = { hosts: settings.PUSH_HOSTS, isLoopbackAllowed: settings.PUSH_LOOPBACK }
    const push = pushChannel({ settings, subscriptions: pushSubscriptions, hosts: pushHosts, clock })
    const { VAPID_PRIVATE_KEY: pushPrivateKey } = settings
    return {
      prisma,
      clock,
      notifications: notificationStore(prisma, clock),
      occasions: occasionStore({ prisma, clock, settings }),
      preferences,
      retries: retryStore(prisma, clock),
      audit: auditLog(prisma),
      digests: digestStore({ prisma, clock, shopTimeZone: settings.SHOP_TIME_ZONE }),
      addresses: addressStore({ prisma, clock, preferences }),
      ...{ pushSubscriptions, pushHosts, throttle },
      phones: phoneStore({ prisma, clock, throttle, linkKey }),
      phonePrefixes: settings.SMS_PREFIXES,
      pushKey: pushPrivateKey && vapidPublicKey(pushPrivateKey),
      reportKey: settings.MAIL_REPORT_KEY,
      unsubscribeKey: ofUnsubscribing,
      deliveries: deliveryStore({
        ...{ prisma, clock, mail, push, sms, linkKey, publicUrl },
        unsubscribeKey: ofUnsubscribing,
      }),
      async close() {
        for (const channel of Object.values(mail)) channel.close()
      },
    }
  },
  context: ({ notifications: store, ...resources }: Resources, { viewer, clientAddress }): Context => ({
    ...resources,
    viewer,
    clientAddress,
    notifications: store,
    load: notificationLoaders(store),
  }),
  listens,
  listensToMany,
  history,
  timers: [
    {
      name: 'plan-occasions',
      everyMs: SECOND_MS,
      due: `SELECT min(due_at) FROM occasion WHERE state = 'PENDING'`,
      run: ({ occasions }) => occasions.planDue(),
    },
    ...LANE_NAMES.map((lane) => ({
      name: `send-${lane.toLowerCase()}`,
      everyMs: SECOND_MS,
      // All lanes share the query: the first row of one lane may be behind many rows of another.
      due: `SELECT min(available_at) FROM notification WHERE status = 'QUEUED'`,
      run: ({ deliveries }: Resources) => deliveries.sendDue(lane),
    })),
    { name: 'plan-digests', everyMs: MINUTE_MS, run: ({ digests }) => digests.planDue() },
    { name: 'forget-digest-items', everyMs: HOUR_MS, run: ({ digests }) => digests.forget() },
    { name: 'forget-stopped-addresses', everyMs: HOUR_MS, run: ({ addresses }) => addresses.forget() },
    { name: 'forget-phone-codes', everyMs: HOUR_MS, run: ({ phones }) => phones.forget() },
    { name: 'forget-throttles', everyMs: HOUR_MS, run: ({ throttle }) => throttle.forget() },
    {
      name: 'erase-deleted',
      everyMs: HOUR_MS,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, erasePerson),
    },
    {
      name: 'forget-guest-addresses',
      everyMs: HOUR_MS,
      run: ({ prisma, clock }) => forgetGuestAddresses(prisma, clock()),
    },
    { name: 'forget-notifications', everyMs: HOUR_MS, run: ({ occasions }) => occasions.forget() },
  ],
  routes(app, resources: Resources) {
    unsubscribeRoute(app, resources)
    reportRoute(app, resources)
  },
})
