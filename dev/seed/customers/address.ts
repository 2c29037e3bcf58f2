import { HOUR, type Plan } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { CITIES, STREETS } from './people.ts'
import { currencyOf, user, userCreatedAt, userId } from './user.ts'

export type AddressRow = {
  id: string
  userId: string
  recipient: string
  line1: string
  line2: string | null
  city: string
  region: string | null
  postalCode: string
  countryCode: string
  version: number
  createdAt: number
}

/** One address per user: the address's index is the user's. */
export function address(plan: Plan, index: number): AddressRow {
  const random = chance(plan.seed, 'street', index)
  const createdAt = userCreatedAt(plan, index) + HOUR / 2
  return {
    id: seedId('adr', plan.seed, index, createdAt),
    userId: userId(plan, index),
    recipient: user(plan, index).displayName,
    line1: `${random.between(1, 180)} ${random.pick(STREETS)}`,
    line2: random.flip(0.25) ? `Flat ${random.between(1, 40)}` : null,
    ...random.pick(CITIES[currencyOf(plan, index)]),
    version: 1,
    createdAt,
  }
}
