import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import { type Occasion, ofUser } from './occasion.ts'

/** Maximum number of recipients of a message. */
const MAX_RECIPIENTS = 100

const sent = z.object({
  language: z.enum(['en', 'de']),
  title: z.string(),
  body: z.string(),
  actionLabel: z.string(),
  expiresAt: z.iso.datetime(),
  recipients: z
    .array(
      z.object({
        messageId: z.string(),
        userId: z.string(),
        path: z.string().regex(/^\/c\/[\w-]+$/),
        couponCode: z.string().nullable(),
      }),
    )
    .max(MAX_RECIPIENTS),
})

/** The occasions of a part of a campaign's audience, one for each person. */
export function readCampaign({ data }: Envelope): Occasion[] {
  const { recipients, ...text } = sent.parse(data)
  return recipients.map(({ messageId, userId, path, couponCode }) =>
    ofUser(userId, { kind: 'CAMPAIGN', ...text, path, couponCode }, messageId),
  )
}

const PREFIX = 'CAMPAIGN '

/** The id of the campaign's message that an occasion is about; null for other occasions. */
export function campaignMessageOf(occasionId: string): string | null {
  return occasionId.startsWith(PREFIX) ? occasionId.slice(PREFIX.length) : null
}
