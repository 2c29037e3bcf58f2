// Tested in ../seed-shop.int.test.ts: tickets are tested with the orders that they are about.

import { answer, note, open, rate, resolve, write } from '@argyle/support/ticket/rules'
import type { Ticket } from '@argyle/support/ticket/ticket'
import { DEMO_STAFF, userId } from '../customers/user.ts'
import type { OrderRow } from '../orders/order.ts'
import { DAY, HOUR, type Plan } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'

type Act =
  | readonly [kind: 'ask' | 'answer' | 'write' | 'note', text: string]
  | readonly [kind: 'resolve']
  | readonly [kind: 'rate', rating: 1 | 2 | 3 | 4 | 5]

/** A ticket of the demo: its subject, how long ago it was opened, and what happened, two hours apart. */
type Story = { readonly subject: string; readonly ageMs: number; readonly acts: readonly Act[] }

/** Tickets of customers who have ordered; the first is the demo customer's. */
const STORIES: readonly Story[] = [
  {
    subject: 'One sock has a hole',
    ageMs: 3 * HOUR,
    acts: [['ask', 'The left sock had a hole at the toe when I unpacked it. The other pairs are fine.']],
  },
  {
    subject: 'Wrong size in the parcel',
    ageMs: 2 * DAY,
    acts: [
      ['ask', 'I ordered size 43 and got size 39. Can you swap them?'],
      ['answer', 'That was our mistake. The right pair leaves tomorrow; you may keep the other one.'],
    ],
  },
  {
    subject: 'Where is my parcel?',
    ageMs: 5 * DAY,
    acts: [
      ['ask', 'The tracking page has shown the same place for three days.'],
      ['note', 'The carrier confirms a delay at its depot.'],
      ['answer', 'The parcel was held up at a depot and moves again since this morning.'],
      ['write', 'It has arrived. Thank you!'],
      ['resolve'],
      ['rate', 5],
    ],
  },
  {
    subject: 'Invoice for my company',
    ageMs: 9 * DAY,
    acts: [
      ['ask', 'Can the invoice show the name of my company?'],
      [
        'answer',
        'An issued invoice cannot be changed. We add the name to the next one if you put it into the address.',
      ],
      ['resolve'],
      ['rate', 3],
    ],
  },
  {
    subject: 'How warm are they?',
    ageMs: DAY + 4 * HOUR,
    acts: [
      ['ask', 'Are these warm enough for a hike in snow?'],
      ['answer', 'With a thin liner sock they are.'],
      ['write', 'Do you sell such a liner sock too?'],
    ],
  },
  {
    subject: 'A thread came loose in the wash',
    ageMs: 5 * HOUR,
    acts: [['ask', 'After the first wash at 30 degrees a thread came loose at the heel.']],
  },
]

const STEP = 2 * HOUR
const REOPEN_DAYS = 14

/** Targets of the priority NORMAL, as the migration inserts them. */
const TARGET = { firstResponseMinutes: 480, resolutionMinutes: 4_320 }

export type TicketRow = Ticket & {
  readonly messages: readonly {
    readonly id: string
    readonly kind: 'CUSTOMER' | 'AGENT' | 'NOTE'
    readonly authorId: string
    readonly body: string
    readonly at: Date
  }[]
}

const KINDS = { ask: 'CUSTOMER', write: 'CUSTOMER', answer: 'AGENT', note: 'NOTE' } as const

/**
 * The n-th ticket, about an order, by the rules of support.
 * @throws Error when the rules refuse a step of the story
 */
export function ticket(plan: Plan, index: number, order: OrderRow): TicketRow {
  const story = STORIES[index]
  if (!story) throw new RangeError(`The demo has ticket 0 to ${STORIES.length - 1}, not ${index}.`)
  const openedAt = plan.today - story.ageMs
  const about = { customerId: order.customerId, orderId: order.id, productId: null, subject: story.subject }
  const id = seedId('tkt', plan.seed, index, openedAt)
  let state = open({ id, guestEmail: null, ...about }, TARGET, new Date(openedAt))
  const agentId = userId(plan, DEMO_STAFF)
  const messages = story.acts.flatMap(([kind, content], place) => {
    const at = new Date(openedAt + place * STEP)
    state = place === 0 ? state : after(state, kind, content, at)
    if (kind === 'resolve' || kind === 'rate') return []
    const authorId = KINDS[kind] === 'CUSTOMER' ? order.customerId : agentId
    const id = seedId('msg', plan.seed, index * 10 + place, at.getTime())
    return [{ id, kind: KINDS[kind], authorId, body: content, at }]
  })
  return { ...state, messages }
}

/** The ticket after an act. @throws Error when its rule refuses it */
function after(state: Ticket, kind: Act[0], content: string | number | undefined, at: Date): Ticket {
  const decision = decide(state, kind, content, at)
  if (decision.ok) return decision.value
  throw new Error(decision.errors.map(({ message }) => message).join('; '))
}

function decide(state: Ticket, kind: Act[0], content: string | number | undefined, at: Date) {
  switch (kind) {
    case 'answer':
      return answer(state, at)
    case 'note':
      return note(state, at)
    case 'resolve':
      return resolve(state, at)
    case 'rate':
      return rate(state, { rating: Number(content), comment: null }, at)
    default:
      return write(state, REOPEN_DAYS, at)
  }
}

/** Whether there is a ticket about an order: one for each customer, from the demo customer on. */
export function hasTicket({ customerId, status }: OrderRow, taken: ReadonlySet<string>): boolean {
  return status === 'CONFIRMED' && !taken.has(customerId) && taken.size < STORIES.length
}
