import { DEMO_PASSWORD } from '../seed/user.ts'

/** Accounts of the seed data that are told to whoever starts the shop. */
export const DEMO_ACCOUNTS = {
  customer: { email: 'ada@argyle.example', password: DEMO_PASSWORD },
  staff: { email: 'sam@argyle.example', password: DEMO_PASSWORD },
} as const
