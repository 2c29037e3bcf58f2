import { fileURLToPath } from 'node:url'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { expect, test } from 'vitest'
import { eraseOldGuests } from './erasure.ts'
import { openSupport } from './testing/open-support.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/support/migrations', import.meta.url))
const LAST = '20261128190000_verified_contact'
const DAY_MS = 86_400_000

test('the addresses of guests that are known before the upgrade are kept for the whole period, from the upgrade on', async () => {
  const rows = `INSERT INTO known_order (order_id, number, email, guest_proof_hash) VALUES
    ('ord_1', 'A-1', 'ada@guest.example', 'hash'), ('ord_2', 'A-2', NULL, NULL)`
  const shop = await openSupport({}, await oldDatabase(MIGRATIONS, LAST, rows))
  try {
    const known = () =>
      shop.sql<{ email: string | null; at: Date }>(
        'SELECT email, summarised_at AS at FROM known_order ORDER BY order_id',
      )
    const [first, second] = await known()
    expect(second).toEqual({ email: null, at: null })
    const upgradedAt = first?.at.getTime() ?? Number.NaN
    await eraseOldGuests(shop.resources.prisma, new Date(upgradedAt + 400 * DAY_MS), 400)
    expect((await known())[0]?.email).toBe('ada@guest.example')
    await eraseOldGuests(shop.resources.prisma, new Date(upgradedAt + 400 * DAY_MS + 1), 400)
    expect((await known())[0]?.email).toBeNull()
    // The previous version continues to write during the rollout.
    await shop.sql(
      `INSERT INTO known_order (order_id, number, email, guest_proof_hash) VALUES ('ord_3', 'A-3', 'bo@guest.example', 'hash')`,
    )
    expect((await known())[2]).toEqual({ email: 'bo@guest.example', at: expect.any(Date) })
  } finally {
    await shop.close()
  }
})
