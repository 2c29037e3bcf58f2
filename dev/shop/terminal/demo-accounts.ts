import { DEMO_PASSWORD } from '../../seed/customers/user.ts'

/** Seeded accounts that the shop prints at start. */
export const DEMO_ACCOUNTS = {
  customer: { email: 'ada@argyle.example', password: DEMO_PASSWORD },
  staff: { email: 'sam@argyle.example', password: DEMO_PASSWORD },
} as const
