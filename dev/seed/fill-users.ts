// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import type { Plan } from './plan.ts'
import { rows } from './row.ts'

const account = table('account', [
  'id',
  'email',
  'email_verified_at',
  'display_name',
  'roles',
  'version',
  'created_at',
  'updated_at',
])
const credential = table('credential', ['user_id', 'password_hash', 'changed_at'])
const address = table('address', [
  'id',
  'user_id',
  'recipient',
  'line1',
  'line2',
  'city',
  'region',
  'postal_code',
  'country_code',
  'is_default',
  'version',
  'created_at',
  'updated_at',
])

/** `passwordHash`: the demo password's hash in the format of users. All seeded accounts share it. */
export function fillUsers(passwordHash: string): Filling {
  return {
    database: 'users',
    tables: [account, credential, address],
    *rows(plan) {
      yield* accounts(plan, passwordHash)
      yield* addresses(plan)
    },
  }
}

function* accounts(plan: Plan, passwordHash: string): Generator<TableRow> {
  for (const user of rows(plan, 'user')) {
    const createdAt = instant(user.createdAt)
    yield account.row({
      id: user.id,
      email: user.email,
      email_verified_at: createdAt,
      display_name: user.displayName,
      roles: `{${user.roles.join(',')}}`,
      version: user.version,
      created_at: createdAt,
      updated_at: createdAt,
    })
    yield credential.row({ user_id: user.id, password_hash: passwordHash, changed_at: createdAt })
  }
}

function* addresses(plan: Plan): Generator<TableRow> {
  for (const row of rows(plan, 'address')) {
    yield address.row({
      id: row.id,
      user_id: row.userId,
      recipient: row.recipient,
      line1: row.line1,
      line2: row.line2,
      city: row.city,
      region: row.region,
      postal_code: row.postalCode,
      country_code: row.countryCode,
      is_default: true,
      version: row.version,
      created_at: instant(row.createdAt),
      updated_at: instant(row.createdAt),
    })
  }
}
