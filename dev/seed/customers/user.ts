import type { SeedCurrency } from '../catalogue/price-ladder.ts'
import { orderTimes } from '../orders/order-time.ts'
import { DAY, HOUR, type Plan, SHOP_AGE } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { ordersOfUser } from './cohort.ts'
import { FIRST_NAMES, LAST_NAMES } from './people.ts'

export const ROLES = ['CUSTOMER', 'SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ADMIN'] as const
export type SeedRole = (typeof ROLES)[number]

export type UserRow = {
  id: string
  email: string
  displayName: string
  roles: readonly SeedRole[]
  version: number
  createdAt: number
}

/** The documented password of every seeded account: the seed is for shops without real customers. */
export const DEMO_PASSWORD = 'warm-feet-all-winter'

type Account = { email: string; displayName: string; roles: readonly SeedRole[] }

const ACCOUNTS: readonly Account[] = [
  { email: 'ada@argyle.example', displayName: 'Ada Larkin', roles: ['CUSTOMER'] },
  { email: 'sam@argyle.example', displayName: 'Sam Okoro', roles: ['CUSTOMER', 'ADMIN'] },
  { email: 'mina@argyle.example', displayName: 'Mina Vale', roles: ['CUSTOMER', 'MERCHANDISER'] },
  { email: 'wim@argyle.example', displayName: 'Wim Ahlers', roles: ['CUSTOMER', 'WAREHOUSE'] },
  { email: 'sofia@argyle.example', displayName: 'Sofia Brandt', roles: ['CUSTOMER', 'SUPPORT'] },
]

export const DEMO_CUSTOMER = 0
export const DEMO_STAFF = 1
export const WAREHOUSE_STAFF = 3

export function user(plan: Plan, index: number): UserRow {
  const account = ACCOUNTS[index] ?? madeUp(plan, index)
  return { id: userId(plan, index), ...account, version: 1, createdAt: userCreatedAt(plan, index) }
}

export function userId(plan: Plan, index: number): string {
  return seedId('usr', plan.seed, index, userCreatedAt(plan, index))
}

/** People sign up between an hour and a month before their first order. */
export function userCreatedAt(plan: Plan, index: number): number {
  const random = chance(plan.seed, 'sign-up', index)
  if (index > DEMO_CUSTOMER && index < ACCOUNTS.length) return plan.today - SHOP_AGE - 70 * DAY + index * HOUR
  if (ordersOfUser.countOf(index) === 0) return plan.today - DAY - random.below(SHOP_AGE)
  const first = Math.min(...orderTimes(plan, index).map(({ placedAt }) => placedAt))
  return first - HOUR - random.below(30 * DAY)
}

/** Six in ten customers pay in dollars, three in euros, one in yen. The demo customer pays in dollars. */
export function currencyOf(plan: Plan, index: number): SeedCurrency {
  if (index < ACCOUNTS.length) return 'USD'
  return chance(plan.seed, 'currency', index).weighted([
    [6, 'USD'],
    [3, 'EUR'],
    [1, 'JPY'],
  ] as const)
}

function madeUp(plan: Plan, index: number): Account {
  const random = chance(plan.seed, 'name', index)
  const first = random.pick(FIRST_NAMES)
  const last = random.pick(LAST_NAMES)
  const displayName = random.flip(0.4) ? `${first} ${last[0]}.` : `${first} ${last}`
  return { email: `${first}.${last}.${index}@mail.example`.toLowerCase(), displayName, roles: ['CUSTOMER'] }
}
