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
  .superRefine(({ ids, until }, context) => {
    if (Boolean(ids) !== Boolean(until)) return
    context.addIssue({ code: 'custom', message: ONE_OF, path: ['ids'], input: ids ?? undefined })
  })

export const retryNotificationInput = z.object({ id: idSchema('ntf') })

export type MarkNotificationsRead = z.output<typeof markNotificationsReadInput>
