import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, type ValidationError, validationError } from '@argyle/kit/user-errors'
import { render } from '../template/template.ts'
import type { Ticket } from './ticket.ts'
import type { AnswerTicket } from './ticket-input.ts'
import type { Tx } from './ticket-rows.ts'

const COUNTRY = `
SELECT country_code AS "countryCode" FROM known_order
 WHERE CASE WHEN $1::text IS NULL THEN email = $2 ELSE order_id = $1 END AND country_code IS NOT NULL
 ORDER BY summarised_at DESC, order_id DESC LIMIT 1`

/**
 * The country that determines the language of an answer: the destination of the ticket's order, otherwise of
 * the newest order of the customer, or of the guest's address; null if none is known.
 */
export async function countryOf(tx: Tx, { customerId, orderId, guestEmail }: Ticket): Promise<string | null> {
  if (orderId !== null || guestEmail !== null) {
    const [order] = await tx.$queryRawUnsafe<{ countryCode: string }[]>(COUNTRY, orderId, guestEmail)
    if (order) return order.countryCode
  }
  if (customerId === null) return null
  return (await tx.customer.findFirst({ where: { userId: customerId } }))?.countryCode ?? null
}

/** The text of an answer: the given one, or that of a template. */
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
