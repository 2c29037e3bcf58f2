// Tested in ../bad-input.int.test.ts: the test checks the mutations that refuse them.

import { idSchema } from '@argyle/kit/ids'
import { lineOfText, linesOfText, maybeLinesOfText, tokenOfText } from '@argyle/kit/text'
import { guestKeySchema, idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { attachmentsSchema } from './attachment.ts'

/** Characters of a message. */
const MAX_BODY_LENGTH = 5_000
/** Values that an answer by a template is given. */
const MAX_VARIABLES = 20

const id = idSchema('tkt')
const which = { id, expectedVersion: versionSchema }
const body = linesOfText(MAX_BODY_LENGTH)
const maybeId = (prefix: string) =>
  idSchema(prefix)
    .nullish()
    .transform((value) => value ?? null)

export const openTicketInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  subject: lineOfText(150),
  body,
  orderId: maybeId('ord'),
  productId: maybeId('prd'),
  attachments: attachmentsSchema,
})

/** The longest number and secret that are compared; real ones have 11 and 43 characters. */
const [MAX_NUMBER_LENGTH, MAX_SECRET_LENGTH] = [40, 100]

/** The order of a guest: the store of guests' tickets checks the pair. */
const whichOrder = {
  idempotencyKey: guestKeySchema,
  number: tokenOfText(MAX_NUMBER_LENGTH),
  secret: tokenOfText(MAX_SECRET_LENGTH),
}

export const openGuestTicketInput = z.object({ ...whichOrder, subject: lineOfText(150), body })

export const writeToGuestTicketInput = z.object({ ...whichOrder, id, body })

/** The input of `writeToTicket` and `noteOnTicket`. */
export const messageInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  id,
  body,
  attachments: attachmentsSchema,
})

/** The input of `resolveTicket` and `reopenTicket`. */
export const whichTicketInput = z.object(which)

export const rateTicketInput = z.object({
  ...which,
  rating: z.literal([1, 2, 3, 4, 5]),
  comment: maybeLinesOfText(1_000)
    .nullish()
    .transform((value) => value ?? null),
})

export const answerTicketInput = z
  .object({
    idempotencyKey: idempotencyKeySchema,
    ...which,
    body: body.nullish().transform((value) => value ?? null),
    templateId: maybeId('tpl'),
    variables: z
      .array(z.object({ name: lineOfText(40), value: lineOfText(200) }))
      .refine(({ length }) => length <= MAX_VARIABLES, { error: `at most ${MAX_VARIABLES} variables` }),
    attachments: attachmentsSchema,
  })
  .superRefine(({ body: text, templateId }, context) => {
    if ((text === null) !== (templateId === null)) return
    const message = 'exactly one of body and templateId'
    context.addIssue({ code: 'custom', message, path: ['body'], input: text })
  })

export const assignTicketInput = z.object({ ...which, assigneeId: maybeId('usr') })

export const prioritizeTicketInput = z.object({
  ...which,
  priority: z.enum(['LOW', 'NORMAL', 'HIGH', 'URGENT']),
})

export const mergeTicketInput = z.object({ ...which, intoId: id, expectedIntoVersion: versionSchema })

export type OpenTicket = z.output<typeof openTicketInput>
export type OpenGuestTicket = z.output<typeof openGuestTicketInput>
export type WriteToGuestTicket = z.output<typeof writeToGuestTicketInput>
export type NewMessage = z.output<typeof messageInput>
export type AnswerTicket = z.output<typeof answerTicketInput>
export type MergeTicket = z.output<typeof mergeTicketInput>
