import { HOUR, type Plan } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { userCreatedAt, userId } from './user.ts'

export type PaymentMethodRow = {
  id: string
  customerId: string
  /** The sandbox gateway's source and the token that it was exchanged for. */
  sourceId: string
  token: string
  brand: 'Visa' | 'Mastercard'
  last4: string
  expMonth: number
  expYear: number
  createdAt: number
}

const CARDS = [
  { brand: 'Visa', last4: '4242' },
  { brand: 'Mastercard', last4: '4444' },
] as const

/** One card per user, which the sandbox gateway approves: its index is the user's. */
export function paymentMethod(plan: Plan, index: number): PaymentMethodRow {
  const random = chance(plan.seed, 'card', index)
  const createdAt = userCreatedAt(plan, index) + HOUR / 2
  return {
    id: seedId('pmt', plan.seed, index, createdAt),
    customerId: userId(plan, index),
    sourceId: seedId('src', plan.seed, index, createdAt),
    token: seedId('tok', plan.seed, index, createdAt),
    // The demo customer's is the one that everybody knows.
    ...(index === 0 ? CARDS[0] : random.pick(CARDS)),
    expMonth: random.between(1, 12),
    expYear: new Date(plan.today).getUTCFullYear() + random.between(1, 4),
    createdAt,
  }
}
