// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { Listener, Listeners } from '@argyle/kit/subgraph'
import { z } from 'zod'
import { rememberClaim, rememberOrders, rememberPeople, rememberVerified } from './copies.ts'
import { resumeAddress } from './delivery/address-store.ts'
import {
  DIGEST_TYPES,
  deleteFailedRefund,
  insertDigestItems,
  rememberStaff,
  rememberVariants,
} from './digest/digest-items.ts'
import { forgetPerson } from './erasure.ts'
import { dropPendingOccasion, insertOccasion } from './occasion/occasion-rows.ts'
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
const addOccasion: Listener<Resources> = async (message, tx, { clock }) => {
  const occasion = message.replayed ? null : readOccasion[message.type]?.(message)
  if (occasion) await insertOccasion(tx, occasion, clock())
}

/** Drops the occasion of a payment that no longer needs the customer. */
const dropOccasion: Listener<Resources> = async (message, tx, { clock }) => {
  const settled = message.replayed ? null : settledBy(message)
  if (settled) await dropPendingOccasion(tx, settled, clock())
}

/** Saves the items of digests for staff. */
const addItems: Listener<Resources> = (message, tx, { clock }) => insertDigestItems(message, tx, clock())

const verified = z.object({ email: z.string() })

/** The reaction to each message. */
export const listens: Listeners<Resources> = {
  ...Object.fromEntries(Object.keys(readOccasion).map((type) => [type, addOccasion])),
  ...Object.fromEntries(DIGEST_TYPES.map((type) => [type, addItems])),
  async 'payments.payment.refunded'(message, tx, resources) {
    await addOccasion(message, tx, resources)
    await deleteFailedRefund(message, tx)
  },
  async 'payments.refund.reversed'(message, tx, resources) {
    await addOccasion(message, tx, resources)
    await addItems(message, tx, resources)
  },
  'products.product.changed': (message, tx) => rememberVariants([message], tx),
  'users.roles.changed': (message, tx) => rememberStaff([message], tx),
  async 'users.contact.changed'(message, tx, resources) {
    await rememberPeople([message], tx)
    await addOccasion(message, tx, resources)
  },
  async 'users.email.verified'(message, tx) {
    await rememberVerified([message], tx)
    if (!message.replayed) await resumeAddress(tx, verified.parse(message.data).email)
  },
  async 'users.password.changed'(message, tx, resources) {
    await endPushSubscriptions(tx, message)
    await addOccasion(message, tx, resources)
  },
  'users.account.deleted': (message, tx, { clock }) => forgetPerson(message, tx, clock()),
  async 'support.campaign.messaged'(message, tx, { clock }) {
    if (message.replayed) return
    for (const occasion of readCampaign(message)) await insertOccasion(tx, occasion, clock())
  },
  'orders.order.summarised': (message, tx) => rememberOrders([message], tx),
  'orders.order.claimed': rememberClaim,
  'payments.payment.authorized': dropOccasion,
  'payments.payment.voided': dropOccasion,
  async 'payments.payment.declined'(message, tx, resources) {
    await dropOccasion(message, tx, resources)
    await addOccasion(message, tx, resources)
  },
}
