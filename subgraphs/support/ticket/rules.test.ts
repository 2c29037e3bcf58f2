import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { after, aTicket, OPENED, TARGET } from '../testing/a-ticket.ts'
import {
  answer,
  assign,
  current,
  merge,
  note,
  open,
  prioritize,
  rate,
  reopen,
  resolve,
  write,
} from './rules.ts'
import { MAX_MESSAGES, type Ticket, type TicketStatus } from './ticket.ts'

const DAY = 1_440
const now = after(30)
const resolved = aTicket({ status: 'RESOLVED', resolvedAt: OPENED, pausedAt: OPENED })
const merged = aTicket({ status: 'MERGED', mergedIntoId: 'tkt_other', pausedAt: OPENED })
const refusal = (type: string, more: object = {}) => ({ ok: false, errors: [{ __typename: type, ...more }] })
const accepted = (value: object) => ({ ok: true, value })

test('a new ticket is OPEN, of normal priority, with one message', () => {
  const owner = { customerId: 'usr_1', guestEmail: null }
  const about = { id: 'tkt_1', ...owner, orderId: null, productId: null, subject: 'Late' }
  expect(open(about, TARGET, OPENED)).toMatchObject({
    ...about,
    ...{ status: 'OPEN', priority: 'NORMAL', version: 1, sequence: 1, messageCount: 1 },
    firstResponseDueAt: after(60),
  })
})

test.each<[TicketStatus, TicketStatus]>([
  ['OPEN', 'OPEN'],
  ['WAITING_AGENT', 'WAITING_AGENT'],
  ['WAITING_CUSTOMER', 'WAITING_AGENT'],
])('a customer’s message in %s leads to %s', (before, status) => {
  const ticket = aTicket({ status: before, version: 4, sequence: 6 })
  const expected = { status, version: 5, sequence: 7, messageCount: 2, updatedAt: now }
  expect(write(ticket, 14, now)).toMatchObject(accepted(expected))
})

describe('a resolved ticket', () => {
  test('is open again by a message or a reopening on the last day', () => {
    const lastDay = after(14 * DAY)
    const expected = { status: 'WAITING_AGENT', resolvedAt: null, pausedAt: null }
    expect(write(resolved, 14, lastDay)).toMatchObject(accepted({ ...expected, messageCount: 2 }))
    expect(reopen(resolved, 14, lastDay)).toMatchObject(accepted({ ...expected, messageCount: 1 }))
  })

  test('stays resolved for its customer after that, but not for staff', () => {
    const later = after(14 * DAY + 1)
    const message = `ticket "${resolved.id}" is RESOLVED: allowed is one that was resolved less than 14 days ago; open a new ticket`
    expect(write(resolved, 14, later)).toMatchObject(
      refusal('TicketStatusError', { message, status: 'RESOLVED' }),
    )
    expect(reopen(resolved, 14, later)).toMatchObject(refusal('TicketStatusError', { message }))
    expect(reopen(resolved, null, later)).toMatchObject(accepted({ status: 'WAITING_AGENT' }))
  })

  test('is rated, and rated again, and keeps its rating when it is opened again', () => {
    const bad = rate(resolved, { rating: 2, comment: 'Slow.' }, now)
    expect(bad).toMatchObject(accepted({ rating: 2, ratingComment: 'Slow.', ratedAt: now, version: 2 }))
    if (!bad.ok) return
    expect(rate(bad.value, { rating: 4, comment: null }, now)).toMatchObject(
      accepted({ rating: 4, ratingComment: null }),
    )
    expect(reopen(bad.value, 14, now)).toMatchObject(accepted({ rating: 2 }))
  })

  test('is not answered and not resolved once more', () => {
    expect(answer(resolved, now)).toMatchObject(
      refusal('TicketStatusError', {
        status: 'RESOLVED',
        path: ['id'],
        message: `ticket "${resolved.id}" is RESOLVED: allowed is one that is not resolved; reopen it first`,
      }),
    )
    const message = `ticket "${resolved.id}" is RESOLVED: allowed is one that is not resolved`
    expect(resolve(resolved, now)).toMatchObject(refusal('TicketStatusError', { message }))
  })
})

test('an answer ends the first clock, pauses the second, and waits for the customer', () => {
  const expected = { status: 'WAITING_CUSTOMER', firstRespondedAt: now, pausedAt: now, version: 2 }
  expect(answer(aTicket(), now)).toMatchObject(accepted(expected))
})

test('a note changes neither status nor clocks', () => {
  const ticket = aTicket({ status: 'WAITING_AGENT' })
  expect(note(ticket, now)).toMatchObject(
    accepted({
      status: 'WAITING_AGENT',
      pausedAt: null,
      firstRespondedAt: null,
      messageCount: 2,
      version: 2,
    }),
  )
})

test('only a resolved ticket is rated or opened again', () => {
  expect(rate(aTicket(), { rating: 5, comment: null }, now)).toMatchObject(
    refusal('TicketStatusError', { status: 'OPEN' }),
  )
  expect(reopen(aTicket(), null, now)).toMatchObject(refusal('TicketStatusError', { status: 'OPEN' }))
})

test('a ticket has at most 500 messages', () => {
  const [last, full] = [aTicket({ messageCount: MAX_MESSAGES - 1 }), aTicket({ messageCount: MAX_MESSAGES })]
  for (const rule of [
    (ticket: Ticket) => write(ticket, 14, now),
    (ticket: Ticket) => answer(ticket, now),
    (ticket: Ticket) => note(ticket, now),
  ]) {
    expect(rule(last)).toMatchObject(accepted({ messageCount: MAX_MESSAGES }))
    expect(rule(full)).toMatchObject(refusal('ValidationError', { message: expect.stringContaining('500') }))
  }
})

test('an assignment or a priority that is set already is no change', () => {
  const ticket = aTicket({ assigneeId: 'usr_agent' })
  expect(assign(ticket, 'usr_agent', now)).toBe(ticket)
  expect(assign(ticket, null, now)).toMatchObject({ assigneeId: null, version: 2 })
  expect(prioritize(ticket, 'NORMAL', TARGET, now)).toBe(ticket)
  const target = { firstResponseMinutes: 10, resolutionMinutes: 100 }
  expect(prioritize(ticket, 'URGENT', target, now)).toMatchObject({
    ...{ priority: 'URGENT', firstResponseDueAt: after(10), resolutionDueAt: after(100), version: 2 },
  })
})

test('a merged ticket and an outdated version are refused, under the names of the input', () => {
  const named = { id: 'intoId', version: 'expectedIntoVersion' }
  expect(current(merged, 1, named)).toMatchObject(
    refusal('TicketMergedError', { path: ['intoId'], mergedId: merged.id }),
  )
  expect(current(merged, 9)).toMatchObject(refusal('TicketMergedError', { path: ['id'] }))
  expect(current(aTicket({ version: 3 }), 2, named)).toMatchObject(
    refusal('VersionConflictError', {
      currentVersion: 3,
      path: ['expectedIntoVersion'],
      message: expect.stringMatching(/^expectedIntoVersion is 2/),
    }),
  )
  expect(write(merged, 14, now)).toMatchObject(refusal('TicketMergedError', { path: ['id'] }))
  expect(note(merged, now)).toMatchObject(refusal('TicketMergedError'))
})

describe('a merge', () => {
  test('moves messages and gives the other ticket what it lacks', () => {
    const from = aTicket({
      ...{ orderId: 'ord_1', productId: 'prd_1', messageCount: 3 },
      assigneeId: 'usr_agent',
    })
    const into = aTicket({ productId: 'prd_2', messageCount: 4 })
    expect(merge(from, into, now)).toMatchObject(
      accepted({
        from: {
          ...{ status: 'MERGED', mergedIntoId: into.id, messageCount: 0, pausedAt: now, version: 2 },
          assigneeId: null,
        },
        into: { status: 'OPEN', orderId: 'ord_1', productId: 'prd_2', messageCount: 7, version: 2 },
      }),
    )
    expect(merge(from, aTicket({ orderId: 'ord_2' }), now)).toMatchObject(
      accepted({ into: { orderId: 'ord_2', productId: 'prd_1' } }),
    )
  })

  test('of a question that waits opens a ticket that does not', () => {
    const expected = { status: 'WAITING_AGENT', resolvedAt: null, pausedAt: null }
    expect(merge(aTicket(), resolved, now)).toMatchObject(accepted({ into: expected }))
    const answered = aTicket({ status: 'WAITING_CUSTOMER', pausedAt: OPENED })
    expect(merge(aTicket({ status: 'WAITING_AGENT' }), answered, now)).toMatchObject(
      accepted({ into: expected }),
    )
    expect(merge(answered, resolved, now)).toMatchObject(
      accepted({ into: { status: 'RESOLVED', resolvedAt: OPENED } }),
    )
  })

  test('needs two tickets of one customer with 500 messages at most', () => {
    const ticket = aTicket({ messageCount: 250 })
    const path = ['intoId']
    const refused = (into: Ticket, why: string, from = ticket) => {
      const message = `intoId is "${into.id}"${why}`
      expect(merge(from, into, now)).toMatchObject(refusal('ValidationError', { message, path }))
    }
    refused(ticket, ': allowed is another ticket')
    refused(
      aTicket({ id: 'tkt_2', customerId: 'usr_other' }),
      ', a ticket of another customer: allowed is one of the same customer',
    )
    const guests = { customerId: null, guestEmail: 'ada@argyle.example' }
    refused(
      aTicket({ ...guests, id: 'tkt_2', orderId: 'ord_2' }),
      ", a guest's ticket about another order: allowed is one about the same order",
      aTicket({ ...guests, orderId: 'ord_1' }),
    )
    expect(merge(ticket, aTicket({ messageCount: 250 }), now)).toMatchObject(
      accepted({ into: { messageCount: 500 } }),
    )
    expect(merge(ticket, aTicket({ messageCount: 251 }), now)).toMatchObject(
      refusal('ValidationError', {
        message: 'the tickets have 501 messages together: allowed are 500 at most',
        path,
      }),
    )
  })
})

test('over any life of a ticket, each change is the next version, and the clock runs exactly while an agent is waited for', () => {
  const steps = [
    (ticket: Ticket, at: Date) => write(ticket, 14, at),
    (ticket: Ticket, at: Date) => answer(ticket, at),
    (ticket: Ticket, at: Date) => note(ticket, at),
    (ticket: Ticket, at: Date) => resolve(ticket, at),
    (ticket: Ticket, at: Date) => reopen(ticket, null, at),
    (ticket: Ticket, at: Date) => rate(ticket, { rating: 3, comment: null }, at),
  ]
  const life = fc.array(fc.record({ step: fc.nat(steps.length - 1), minutes: fc.nat(3 * DAY) }), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(life, (acts) => {
      let [ticket, minutes] = [aTicket(), 0]
      let runMs = 0
      for (const act of acts) {
        const before = ticket
        const from = after(minutes).getTime()
        minutes += act.minutes
        if (!before.pausedAt) runMs += after(minutes).getTime() - from
        const decision = steps[act.step]?.(before, after(minutes))
        if (!decision?.ok) continue
        ticket = decision.value
        expect(ticket.version).toBe(before.version + 1)
        expect(ticket.pausedAt === null).toBe(ticket.status === 'OPEN' || ticket.status === 'WAITING_AGENT')
        expect(ticket.resolvedAt === null).toBe(ticket.status !== 'RESOLVED')
        // The rest of the time is the target less the time that the clock ran.
        const left = ticket.resolutionDueAt.getTime() - (ticket.pausedAt ?? after(minutes)).getTime()
        expect(left).toBe(TARGET.resolutionMinutes * 60_000 - runMs)
      }
    }),
    { numRuns: 300 },
  )
})
