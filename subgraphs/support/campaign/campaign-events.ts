// Tested in ../campaign-sending.int.test.ts: messages are compared with their samples where they are published.

import type { NewEvent } from '@argyle/kit/envelope'
import type { Campaign } from './campaign.ts'
import type { Variant } from './split.ts'

/** A message that is handed to notifications. */
export type Released = {
  readonly id: string
  readonly userId: string
  readonly variant: Variant
  readonly language: 'en' | 'de'
  readonly token: string
  readonly couponCode: string | null
}

/** Time after which a message that is not sent yet is dropped. */
const LATEST_MS = 2 * 86_400_000

/** `support.campaign.messaged`: a part of the audience, with one text. */
export function campaignMessaged(
  { id: campaignId, variants }: Campaign,
  sequence: number,
  recipients: readonly Released[],
  now: Date,
): NewEvent {
  const [{ variant = 'A', language = 'en' } = {}] = recipients
  const texts = variants.find((one) => one.variant === variant)
  const text = language === 'de' ? texts?.german : texts?.english
  const data = {
    ...{ campaignId, variant, language, ...text },
    expiresAt: new Date(now.getTime() + LATEST_MS).toISOString(),
    recipients: recipients.map(({ id: messageId, userId, token, couponCode }) => {
      return { messageId, userId, path: `/c/${token}`, couponCode }
    }),
  }
  return { type: 'support.campaign.messaged', subject: campaignId, sequence, data }
}

/**
 * The command `orders.issue_coupon`: a coupon for one recipient. Its id is derived from that of the message,
 * so that a repeated command has no effect.
 */
export function issueCoupon(
  { couponBasisPoints: percentBasisPoints, couponValidDays }: Campaign,
  { id, userId: customerId, couponCode: code }: Released,
  now: Date,
): NewEvent {
  const couponId = id.replace(/^cms_/, 'cpn_')
  const expiresAt = new Date(now.getTime() + (couponValidDays ?? 0) * 86_400_000).toISOString()
  const data = { couponId, code, customerId, percentBasisPoints, expiresAt }
  return { type: 'orders.issue_coupon', subject: couponId, sequence: 1, data }
}
