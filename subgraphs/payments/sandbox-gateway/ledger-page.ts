import type { Pool } from 'pg'
import { ApiError } from './api-error.ts'

const PAGE_SIZE = 1_000

const PAGE = `
SELECT e.id::text, e.payment_id AS "paymentId", p.reference, e.kind, e.amount_minor::text AS "amountMinor", p.currency, e.at,
       p.status
  FROM entry e JOIN payment p ON p.id = e.payment_id
 WHERE e.id > $1::bigint ORDER BY e.id LIMIT ${PAGE_SIZE}`

/** A page of the ledger, oldest entry first. @param after id of the last entry of the previous page */
export async function ledgerPage(pool: Pool, after = '0') {
  if (!/^\d{1,18}$/.test(after))
    throw new ApiError(422, 'invalid_request', 'after must be the id of an entry.')
  const { rows } = await pool.query<Record<string, unknown>>(PAGE, [after])
  return { entries: rows, next: rows.length === PAGE_SIZE ? rows.at(-1)?.id : null }
}
