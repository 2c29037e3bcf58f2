// Tested in ../seed-shop.int.test.ts: consents are tested where they are inserted.

import type pg from 'pg'
import { instant } from '../database/copy-table.ts'
import { HOUR, type Plan, usersOf } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { DEMO_CUSTOMER, userCreatedAt, userId } from './user.ts'

/** The version of a person's preferences after the consent. */
export const CONSENT_VERSION = 2

/** Whether a person agreed to e-mails of campaigns at sign-up: two in five did, the demo customer among them. */
export function acceptsCampaigns(plan: Plan, user: number): boolean {
  return user === DEMO_CUSTOMER || chance(plan.seed, 'consent', user).flip(0.4)
}

const SETTINGS = `
INSERT INTO person_setting (user_id, version) SELECT unnest($1::text[]), ${CONSENT_VERSION} ON CONFLICT DO NOTHING`
const CONSENTS = `
INSERT INTO opt_in (recipient, kind, channel, since)
SELECT user_id, 'CAMPAIGN', 'EMAIL', since FROM unnest($1::text[], $2::timestamptz[]) AS agreed (user_id, since) ON CONFLICT DO NOTHING`

/** People of one statement. */
const BATCH = 1_000

/** The consents of people, which notifications owns. No history of another subgraph has them. */
export async function insertConsents(client: pg.ClientBase, plan: Plan): Promise<void> {
  const count = usersOf(plan.size)
  for (let first = 0; first < count; first += BATCH) {
    const users = Array.from({ length: Math.min(BATCH, count - first) }, (_, place) => first + place)
    const agreed = users.filter((user) => acceptsCampaigns(plan, user))
    const ids = agreed.map((user) => userId(plan, user))
    const times = agreed.map((user) => instant(userCreatedAt(plan, user) + HOUR))
    await client.query(SETTINGS, [ids])
    await client.query(CONSENTS, [ids, times])
  }
}
