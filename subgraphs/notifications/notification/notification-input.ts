import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'

/** Notifications that one call marks as read. */
const MAX_IDS = 100
const ONE_OF = 'exactly one of ids and until'

/** `until` is a Date: the scalar has read it. */
export const markNotificationsReadInput = z
  .object({
    ids: z.array(idSchema('ntf')).min(1).max(MAX_IDS).nullish(),
    until: z.date().nullish(),
  })
  .refine(({ ids, until }) => Boolean(ids) !== Boolean(until), { error: ONE_OF, path: ['ids'] })

export const retryNotificationInput = z.object({ id: idSchema('ntf') })

export type MarkNotificationsRead = z.output<typeof markNotificationsReadInput>
