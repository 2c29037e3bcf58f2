// Tested in events.int.test.ts: a reaction shows by its message.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listener, Listeners } from '@argyle/kit/subgraph'
import { z } from 'zod'
import { rememberClaim, rememberOrders, rememberPeople, rememberVerified } from './copies.ts'
import { liftStop } from './delivery/address-store.ts'
import {
  noteForStaff,
  rememberStaff,
  rememberVariants,
  settleFailedRefund,
  TOLD_TO_STAFF,
} from './digest/digest-items.ts'
import { forgetPerson } from './erasure.ts'
import { noteOccasion, settleOccasion } from './occasion/occasion-rows.ts'
import { readCampaign } from './occasion/read-campaign.ts'
import { readOccasion, settledBy } from './occasion/read-occasion.ts'
import { endPushSubscriptions } from './push/push-subscription-store.ts'
import type { Resources } from './subgraph.ts'

/** The functions that update copies from any number of messages. */
export const listensToMany = {
  'users.contact.changed': rememberPeople,
  'orders.order.summarised': rememberOrders,
  'products.product.changed': rememberVariants,
  'users.roles.changed': rememberStaff,
} satisfies Record<string, (messages: readonly Envelope[], tx: Tx) => Promise<void>>

/** Saves the occasion of a message. Replayed messages are ignored. */
const tell: Listener<Resources> = async (message, tx, { clock }) => {
  const occasion = message.replayed ? null : readOccasion[message.type]?.(message)
  if (occasion) await noteOccasion(tx, occasion, clock())
}

/** Drops the occasion of a payment that no longer needs the customer. */
const settle: Listener<Resources> = async (message, tx, { clock }) => {
  const settled = message.replayed ? null : settledBy(message)
  if (settled) await settleOccasion(tx, settled, clock())
}

/** Saves the items of digests for staff. */
const tellStaff: Listener<Resources> = (message, tx, { clock }) => noteForStaff(message, tx, clock())

const verified = z.object({ email: z.string() })

/** The reaction to each message. */
export const listens: Listeners<Resources> = {
  ...Object.fromEntries(Object.keys(readOccasion).map((type) => [type, tell])),
  ...Object.fromEntries(TOLD_TO_STAFF.map((type) => [type, tellStaff])),
  async 'payments.payment.refunded'(message, tx, resources) {
    await tell(message, tx, resources)
    await settleFailedRefund(message, tx)
  },
  async 'payments.refund.reversed'(message, tx, resources) {
    await tell(message, tx, resources)
    await tellStaff(message, tx, resources)
  },
  'products.product.changed': (message, tx) => rememberVariants([message], tx),
  'users.roles.changed': (message, tx) => rememberStaff([message], tx),
  async 'users.contact.changed'(message, tx, resources) {
    await rememberPeople([message], tx)
    await tell(message, tx, resources)
  },
  async 'users.email.verified'(message, tx) {
    await rememberVerified([message], tx)
    if (!message.replayed) await liftStop(tx, verified.parse(message.data).email)
  },
  async 'users.password.changed'(message, tx, resources) {
    await endPushSubscriptions(tx, message)
    await tell(message, tx, resources)
  },
  'users.account.deleted': (message, tx, { clock }) => forgetPerson(message, tx, clock()),
  async 'support.campaign.messaged'(message, tx, { clock }) {
    if (message.replayed) return
    for (const occasion of readCampaign(message)) await noteOccasion(tx, occasion, clock())
  },
  'orders.order.summarised': (message, tx) => rememberOrders([message], tx),
  'orders.order.claimed': rememberClaim,
  'payments.payment.authorized': settle,
  'payments.payment.voided': settle,
  async 'payments.payment.declined'(message, tx, resources) {
    await settle(message, tx, resources)
    await tell(message, tx, resources)
  },
}
