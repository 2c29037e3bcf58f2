import { versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** A year. */
const MAX_MINUTES = 525_600

const minutes = z.int().min(1).max(MAX_MINUTES)

export const updateResponseTargetInput = z
  .object({
    priority: z.enum(['LOW', 'NORMAL', 'HIGH', 'URGENT']),
    expectedVersion: versionSchema,
    firstResponseMinutes: minutes,
    resolutionMinutes: minutes,
  })
  .superRefine(({ firstResponseMinutes, resolutionMinutes }, context) => {
    if (resolutionMinutes >= firstResponseMinutes) return
    const message = `at least firstResponseMinutes, ${firstResponseMinutes}`
    context.addIssue({ code: 'custom', message, path: ['resolutionMinutes'], input: resolutionMinutes })
  })

export type UpdateTarget = z.output<typeof updateResponseTargetInput>
