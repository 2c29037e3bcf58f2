import { idSchema } from '@argyle/kit/ids'
import { lineOfText, linesOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { bodyFaults } from './template.ts'

const name = lineOfText(80)
const body = linesOfText(4_000).superRefine((value, context) => {
  const message = bodyFaults(value)
  if (message !== null) context.addIssue({ code: 'custom', message, input: value })
})

export const createTicketTemplateInput = z.object({ idempotencyKey: idempotencyKeySchema, name, body })

export const updateTicketTemplateInput = z
  .object({ id: idSchema('tpl'), expectedVersion: versionSchema, name, body, isActive: z.boolean() })
  .transform(({ isActive: active, ...rest }) => ({ ...rest, active }))

export type CreateTemplate = z.output<typeof createTicketTemplateInput>
export type UpdateTemplate = z.output<typeof updateTicketTemplateInput>
