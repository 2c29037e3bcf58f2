// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { nextBreach, nextDue } from '@argyle/support/ticket/clocks'
import { ordersByCustomer } from './customers/life-stream.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import type { OrderRow } from './orders/order.ts'
import { seedOrderNumber } from './orders/seed-order-number.ts'
import type { Plan } from './plan.ts'
import { rows } from './row.ts'
import { campaignRows, campaignTables } from './support/campaign-rows.ts'
import { campaignSegmentId, saleRow, segmentRows, segmentTables } from './support/segment-rows.ts'
import { hasTicket, ticket } from './support/ticket.ts'

const knownProduct = table('known_product', ['product_id', 'status', 'category_id', 'sequence'])
const knownCategory = table('known_category', ['category_id', 'parent_id', 'sequence'])
const knownOrder = table('known_order', ['order_id', 'number', 'customer_id', 'country_code'])
const person = table('person', ['user_id', 'display_name', 'sequence'])
const contact = table('contact', ['user_id', 'email', 'sequence', 'verified_email', 'verified_sequence'])
const agent = table('agent', ['user_id', 'active', 'sequence'])
const orderProgress = table('order_progress', ['slot', 'through'])
const tickets = table('ticket', [
  'id',
  'customer_id',
  'order_id',
  'product_id',
  'subject',
  'status',
  'priority',
  'assignee_id',
  'version',
  'sequence',
  'message_count',
  'created_at',
  'updated_at',
  'resolved_at',
  'first_response_minutes',
  'resolution_minutes',
  'first_response_due_at',
  'first_responded_at',
  'resolution_due_at',
  'paused_at',
  'due_at',
  'breach_at',
  'rating',
  'rated_at',
])
const messages = table('ticket_message', [
  'id',
  'ticket_id',
  'kind',
  'author_id',
  'body',
  'attachments',
  'at',
])

export const fillSupport: Filling = {
  database: 'support',
  tables: [
    knownProduct,
    knownCategory,
    knownOrder,
    person,
    contact,
    agent,
    orderProgress,
    tickets,
    messages,
    ...segmentTables,
    ...campaignTables,
  ],
  *rows(plan) {
    yield* readModels(plan)
    yield* segmentRows(plan)
    yield* campaignRows(plan, campaignSegmentId(plan))
    yield* ordersAndTickets(plan)
  },
}

const AGENT_ROLES: readonly string[] = ['SUPPORT', 'ADMIN']

function* readModels(plan: Plan): Generator<TableRow> {
  for (const { id, parentId } of rows(plan, 'category'))
    yield knownCategory.row({ category_id: id, parent_id: parentId, sequence: 1 })
  for (const { id, status, categoryId, version } of rows(plan, 'product'))
    yield knownProduct.row({ product_id: id, status, category_id: categoryId, sequence: version })
  for (const { id, displayName, email, roles, version } of rows(plan, 'user')) {
    yield person.row({ user_id: id, display_name: displayName, sequence: version })
    const address = email.toLowerCase()
    yield contact.row({
      user_id: id,
      email: address,
      sequence: version,
      verified_email: address,
      verified_sequence: version,
    })
    if (roles.some((role) => AGENT_ROLES.includes(role)))
      yield agent.row({ user_id: id, active: true, sequence: version })
  }
  yield orderProgress.row({ slot: 0, through: instant(plan.today) })
}

function* ordersAndTickets(plan: Plan): Generator<TableRow> {
  const taken = new Set<string>()
  for (const order of ordersByCustomer(plan)) {
    const { id, index, customerId } = order
    const known = { order_id: id, number: seedOrderNumber(plan, index), customer_id: customerId }
    yield knownOrder.row({ ...known, country_code: order.address.countryCode })
    yield saleRow(order)
    if (!hasTicket(order, taken)) continue
    yield* ticketRows(plan, taken.size, order)
    taken.add(customerId)
  }
}

const maybe = (time: Date | null) => time && instant(time.getTime())

function* ticketRows(plan: Plan, index: number, order: OrderRow): Generator<TableRow> {
  const row = ticket(plan, index, order)
  yield tickets.row({
    id: row.id,
    customer_id: row.customerId,
    order_id: row.orderId,
    product_id: row.productId,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    assignee_id: row.assigneeId,
    version: row.version,
    sequence: row.sequence,
    message_count: row.messageCount,
    created_at: maybe(row.createdAt),
    updated_at: maybe(row.updatedAt),
    resolved_at: maybe(row.resolvedAt),
    first_response_minutes: row.firstResponseMinutes,
    resolution_minutes: row.resolutionMinutes,
    first_response_due_at: maybe(row.firstResponseDueAt),
    first_responded_at: maybe(row.firstRespondedAt),
    resolution_due_at: maybe(row.resolutionDueAt),
    paused_at: maybe(row.pausedAt),
    due_at: maybe(nextDue(row)),
    breach_at: maybe(nextBreach(row)),
    rating: row.rating,
    rated_at: maybe(row.ratedAt),
  })
  for (const { id, kind, authorId, body, at } of row.messages)
    yield messages.row({
      ...{ id, ticket_id: row.id, kind, author_id: authorId, body, attachments: '[]' },
      at: instant(at.getTime()),
    })
}
