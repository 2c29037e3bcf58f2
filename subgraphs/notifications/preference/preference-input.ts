import { timeZoneSchema } from '@argyle/kit/time-zone'
import { versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { CHANNELS_IN_USE, KINDS } from './policy.ts'
import { minutesOf, timeOf } from './quiet-hours.ts'

/** As many as there are kinds and channels, with room for repetitions. */
const MAX_CHOICES = 100

const time = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'a time such as 22:00' })
  .transform(minutesOf)

const quietHours = z
  .object({
    from: time,
    until: time,
    timeZone: timeZoneSchema,
  })
  .superRefine(({ from, until }, context) => {
    if (from !== until) return
    const message = 'another time than from'
    context.addIssue({ code: 'custom', message, path: ['until'], input: timeOf(until) })
  })

export const updateNotificationPreferencesInput = z.object({
  expectedVersion: versionSchema,
  choices: z
    .array(z.object({ kind: z.enum(KINDS), channel: z.enum(CHANNELS_IN_USE), isEnabled: z.boolean() }))
    .max(MAX_CHOICES)
    .nullish(),
  quietHours: quietHours.nullish(),
  allowsOpenTracking: z.boolean().nullish(),
  digestTime: z.object({ hour: z.int().min(0).max(23), timeZone: timeZoneSchema }).nullish(),
})
