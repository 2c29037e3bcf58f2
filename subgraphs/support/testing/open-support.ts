import { hashOf } from '@argyle/kit/hashed-secret'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import type { TestDatabase } from '@argyle/kit/testing/database'
import { customer, type OperationResult, staff, testSubgraph } from '@argyle/kit/testing/subgraph'
import { support } from '../subgraph.ts'

const TICKET = `id subject status priority version createdAt updatedAt resolvedAt
  customer { id } order { id } product { id } mergedInto { id status } satisfaction { rating comment ratedAt }
  messages(first: 100) { edges { node { id kind body at author { id } attachments { name url } } } }`
const TEMPLATE = 'id name body variables isActive version createdAt updatedAt'
const SEGMENT = `id name description isBuilding size version createdAt updatedAt
  all { fact atLeast atMost currencyCode in isNot is }
  alternatives { anyOf { fact atLeast atMost currencyCode in isNot is } }`
const CAMPAIGN = `id name status segment { id } linkPath coupon { percentBasisPoints validDays } controlPercent messagesPerMinute
  attributionDays startsAt audienceAt finishedAt version createdAt updatedAt
  variants { variant english { title body actionLabel } german { title body actionLabel } }`
const TARGET = 'priority firstResponseMinutes resolutionMinutes version'
const ERRORS = `userErrors { __typename ... on UserError { message path }
  ... on VersionConflictError { currentVersion }
  ... on TicketStatusError { status }
  ... on CampaignStatusError { status }
  ... on TicketMergedError { mergedInto { id } }
  ... on UnknownOrderError { processedThrough } }`

/** The field of a mutation's payload, with its fields. */
const ANSWERS = {
  openTicket: ['ticket', TICKET],
  openGuestTicket: ['ticket', TICKET],
  writeToGuestTicket: ['ticket', TICKET],
  writeToTicket: ['ticket', TICKET],
  resolveTicket: ['ticket', TICKET],
  reopenTicket: ['ticket', TICKET],
  rateTicket: ['ticket', TICKET],
  answerTicket: ['ticket', TICKET],
  noteOnTicket: ['ticket', TICKET],
  assignTicket: ['ticket', TICKET],
  prioritizeTicket: ['ticket', TICKET],
  mergeTicket: ['ticket', TICKET],
  createTicketTemplate: ['template', TEMPLATE],
  updateTicketTemplate: ['template', TEMPLATE],
  updateResponseTarget: ['target', TARGET],
  createSegment: ['segment', SEGMENT],
  updateSegment: ['segment', SEGMENT],
  deleteSegment: ['deletedSegmentId', ''],
  createCampaign: ['campaign', CAMPAIGN],
  updateCampaign: ['campaign', CAMPAIGN],
  scheduleCampaign: ['campaign', CAMPAIGN],
  cancelCampaign: ['campaign', CAMPAIGN],
} as const

export type MutationName = keyof typeof ANSWERS
// The keys of the table.
export const MUTATIONS = Object.keys(ANSWERS) as MutationName[]

/** Fragments of errors that a union lacks are invalid, so only those of its members are selected. */
const MEMBERS: Partial<Record<MutationName, readonly string[]>> = {
  openTicket: ['UnknownOrderError'],
  writeToTicket: ['TicketStatusError', 'TicketMergedError'],
  writeToGuestTicket: ['TicketStatusError', 'TicketMergedError'],
  resolveTicket: ['VersionConflictError', 'TicketStatusError', 'TicketMergedError'],
  reopenTicket: ['VersionConflictError', 'TicketStatusError', 'TicketMergedError'],
  rateTicket: ['VersionConflictError', 'TicketStatusError', 'TicketMergedError'],
  answerTicket: ['VersionConflictError', 'TicketStatusError', 'TicketMergedError'],
  noteOnTicket: ['TicketMergedError'],
  assignTicket: ['VersionConflictError', 'TicketMergedError'],
  prioritizeTicket: ['VersionConflictError', 'TicketMergedError'],
  mergeTicket: ['VersionConflictError', 'TicketMergedError'],
  updateTicketTemplate: ['VersionConflictError'],
  updateResponseTarget: ['VersionConflictError'],
  updateSegment: ['VersionConflictError'],
  deleteSegment: ['VersionConflictError'],
  updateCampaign: ['VersionConflictError', 'CampaignStatusError'],
  scheduleCampaign: ['VersionConflictError', 'CampaignStatusError'],
  cancelCampaign: ['VersionConflictError', 'CampaignStatusError'],
}

function operation(name: MutationName): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const [field, fields] = ANSWERS[name]
  const errors = ERRORS.replaceAll(
    /\.\.\. on (\w+) \{ (?:\w+ \{ id \}|\w+) \}/g,
    (fragment, member: string) => (MEMBERS[name]?.includes(member) ? fragment : ''),
  )
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${field} ${fields && `{ ${fields} }`} ${errors} } }`
}

/** An agent with the scopes of the role SUPPORT that concern tickets. */
export const anAgent = () => staff('support:read', 'support:write')

export const idOf = (viewer: Viewer) => (viewer.kind === 'user' ? viewer.id : '')

/** A marketer with the scopes of the role MARKETER. */
export const aMarketer = () => staff('marketing:read', 'marketing:write')

/** Opens the subgraph on a database of its own, or on the one given, with a clock that tests set. */
export async function openSupport(settings: Record<string, string> = {}, database?: TestDatabase) {
  let now = new Date('2026-11-02T08:00:00.000Z')
  const subgraph = await testSubgraph(support, { clock: () => now, settings, ...(database && { database }) })

  /** Runs a mutation. Resolves to its response, errors included. */
  function mutate(name: MutationName, input: object, viewer: Viewer): Promise<OperationResult> {
    return subgraph.execute(operation(name), { input }, viewer)
  }

  return {
    ...subgraph,
    mutate,

    /** Lets time pass. */
    passMinutes(minutes: number): Date {
      now = new Date(now.getTime() + minutes * 60_000)
      return now
    },

    /** Runs a mutation. Resolves to the ticket, template or target. @throws Error when it is refused */
    async accepted(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      if (errors.length > 0 || data[name].userErrors.length > 0)
        throw new Error(JSON.stringify({ errors, payload: data?.[name] }))
      return data[name][ANSWERS[name][0]]
    },

    /** Runs a mutation that must be refused. Resolves to its user errors. */
    async refused(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data[name].userErrors
    },

    /** Delivers the event of a new product. Resolves to the product's id. */
    async aProduct(status = 'ACTIVE'): Promise<string> {
      const productId = newId('prd')
      await subgraph.deliver('products.product.changed', { productId, status }, { subject: productId })
      return productId
    },

    /** Delivers the event of a new order. Resolves to the order's id. */
    async anOrder(customerId: string | null, number = 'A-7K2M-9QX3'): Promise<string> {
      const orderId = newId('ord')
      await subgraph.deliver('orders.order.placed', { orderId, number, customerId }, { subject: orderId })
      return orderId
    },

    /** Delivers the event of a guest's new order. Resolves to its id, its number and secret, its proof and the address. */
    async aGuestOrder(but: object = {}) {
      const [orderId, secret] = [newId('ord'), newId('sec')]
      const which = { number: `A-${orderId.slice(-9)}`, secret }
      const email = `${orderId.slice(4)}@guest.example`
      const summary = {
        ...{ orderId, number: which.number, customerId: null, email },
        ...{ guestProofHash: hashOf(hashOf(secret)), ...but },
      }
      const time = now.toISOString()
      await subgraph.deliver('orders.order.summarised', summary, { subject: orderId, time })
      return { orderId, which, email, summary, proof: hashOf(secret) }
    },

    /** Opens a ticket. Resolves to the ticket. */
    async aTicket(viewer: Viewer = customer(newId('usr')), but: object = {}) {
      return this.accepted('openTicket', aQuestion(but), viewer)
    },

    /** Fields of one ticket. */
    async seen(id: string, viewer: Viewer = anonymous, fields = TICKET) {
      const { data } = await subgraph.execute(
        `query ($id: ID!) { ticket(id: $id) { ${fields} } }`,
        { id },
        viewer,
      )
      return data.ticket
    },

    /** Messages of one type about a ticket, in the order of their sequences. */
    async published(type: string, id: string) {
      const rows = await subgraph.outbox()
      return rows
        .filter((row) => row.type === `support.ticket.${type}` && row.subject === id)
        .toSorted((a, b) => a.sequence - b.sequence)
    },

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      subgraph.resources.prisma.$queryRawUnsafe<Row[]>(statement, ...values),

    /** Marks missed deadlines. */
    markDue: () => subgraph.runTimer('mark-breaches'),
  }
}

export type OpenSupport = Awaited<ReturnType<typeof openSupport>>

/** A valid input of `openTicket`; `but` replaces some of its fields. */
export function aQuestion(but: object = {}) {
  return {
    idempotencyKey: newId('key'),
    subject: 'A hole in the left sock',
    body: 'It was there when I unpacked them.',
    ...but,
  }
}

/** A valid input of `writeToTicket`, `noteOnTicket` and, with a version, `answerTicket`. */
export function aReply(id: string, but: object = {}) {
  return { idempotencyKey: newId('key'), id, body: 'We send you a new pair.', ...but }
}
