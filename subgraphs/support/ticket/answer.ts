import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, type ValidationError, validationError } from '@argyle/kit/user-errors'
import { render } from '../template/template.ts'
import type { Ticket } from './ticket.ts'
import type { AnswerTicket } from './ticket-input.ts'
import type { Tx } from './ticket-rows.ts'

/** The text of an answer: as it was given, or that of a template. */
export async function answerText(
  tx: Tx,
  { customerId, orderId, subject }: Ticket,
  { body, templateId, variables }: Pick<AnswerTicket, 'body' | 'templateId' | 'variables'>,
): Promise<Decision<string, ValidationError>> {
  if (templateId === null) {
    const message = `variables has ${variables.length} values: allowed are none without templateId`
    if (variables.length > 0) return refuse(validationError(message, ['variables']))
    // The input has either a body or a template.
    return accept(body ?? '')
  }
  const template = await tx.ticketTemplate.findFirst({ where: { id: templateId, active: true } })
  if (!template) return refuse(notFound('template in use', templateId, ['templateId']))
  const person = customerId === null ? null : await tx.person.findFirst({ where: { userId: customerId } })
  const order = orderId === null ? null : await tx.knownOrder.findFirst({ where: { orderId } })
  const known = {
    customerName: person?.displayName ?? null,
    orderNumber: order?.number ?? null,
    ticketSubject: subject,
  }
  return render(template, known, variables)
}
