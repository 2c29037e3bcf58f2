// Tested in ../digest.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import type { Tx as AnyTx, TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { ofUser } from '../occasion/occasion.ts'
import { insertOccasion } from '../occasion/occasion-rows.ts'
import {
  type Digest,
  type DigestTime,
  digestOf,
  type ItemKind,
  kindsFor,
  MAX_LINES,
  nextDigestAt,
  type Part,
  USUAL_HOUR,
} from './digest.ts'

type Tx = TransactionOf<PrismaClient>

/** Members of staff in one transaction. */
const BATCH = 50
/** Age from which an item is in a digest. Transactions that are still open may have written younger ones. */
const SETTLED_MS = 60_000
/** Days for which the items of digests are kept. */
const KEPT_DAYS = 30
/** Items that one statement deletes. */
const FORGOTTEN_AT_ONCE = 1_000

// A member of staff whose role is new has no time yet, and gets one.
const CLAIM = `
SELECT s.user_id AS "userId", s.roles, s.next_at AS "nextAt", s.covered_until AS "coveredUntil",
       p.digest_hour AS hour, p.digest_time_zone AS "timeZone"
  FROM staff s LEFT JOIN person_setting p ON p.user_id = s.user_id
 WHERE s.roles <> '{}' AND (s.next_at IS NULL OR s.next_at <= $1::timestamptz)
 ORDER BY s.next_at NULLS FIRST LIMIT ${BATCH} FOR UPDATE OF s SKIP LOCKED`
const SAVE = 'UPDATE staff SET next_at = $2::timestamptz, covered_until = $3::timestamptz WHERE user_id = $1'

const SINCE = 'i.noted_at > $1::timestamptz AND i.noted_at <= $2::timestamptz'
const COUNT = `SELECT i.kind, count(*)::int AS count FROM digest_item i WHERE i.kind = ANY($3::text[]) AND ${SINCE} GROUP BY i.kind`
const LOW_STOCK = `
SELECT COALESCE(v.sku || ' ' || v.title, i.data->>'variantId') AS name, (i.data->>'available')::int AS available,
       (i.data->>'reorderPoint')::int AS "reorderPoint"
  FROM digest_item i LEFT JOIN known_variant v ON v.variant_id = i.data->>'variantId'
 WHERE i.kind = 'LOW_STOCK' AND ${SINCE} ORDER BY 2, 1 LIMIT ${MAX_LINES}`
const BREACHES = `
SELECT i.data->>'ticketId' AS "ticketId", i.data->>'clock' AS clock, i.data->>'priority' AS priority
  FROM digest_item i WHERE i.kind = 'TICKET_BREACHED' AND ${SINCE} ORDER BY i.noted_at, i.id LIMIT ${MAX_LINES}`
const REFUNDS = `
SELECT COALESCE(o.number, i.data->>'orderId') AS "order", i.data->>'code' AS code
  FROM digest_item i LEFT JOIN known_order o ON o.order_id = i.data->>'orderId'
 WHERE i.kind = 'FAILED_REFUND' AND ${SINCE} ORDER BY i.noted_at, i.id LIMIT ${MAX_LINES}`
const FAILURES = `
SELECT i.data->>'consumer' AS consumer, i.data->>'type' AS type, count(*)::int AS times
  FROM digest_item i WHERE i.kind = 'FAILED_JOB' AND ${SINCE} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${MAX_LINES}`
const FORGET = `
DELETE FROM digest_item WHERE id IN
 (SELECT id FROM digest_item WHERE noted_at < $1::timestamptz - interval '${KEPT_DAYS} days' LIMIT ${FORGOTTEN_AT_ONCE})`
const RESCHEDULE = `UPDATE staff SET next_at = $2::timestamptz WHERE user_id = $1 AND next_at IS NOT NULL`

type Row = {
  readonly userId: string
  readonly roles: readonly string[]
  readonly nextAt: Date | null
  readonly coveredUntil: Date | null
  readonly hour: number | null
  readonly timeZone: string | null
}

/** The time of a person's digest: as chosen, or the shop's usual one. */
export function digestTimeOf(
  chosen: { readonly hour: number | null; readonly timeZone: string | null },
  shopTimeZone: string,
): DigestTime {
  return { hour: chosen.hour ?? USUAL_HOUR, timeZone: chosen.timeZone ?? shopTimeZone }
}

/** Reschedules the next digest of a member of staff. It has no effect on other accounts. */
export async function reschedule(tx: AnyTx, userId: string, time: DigestTime, now: Date): Promise<void> {
  await tx.$executeRawUnsafe(RESCHEDULE, userId, nextDigestAt(time, now))
}

type Settings = { readonly prisma: PrismaClient; readonly clock: Clock; readonly shopTimeZone: string }

/** Creates a digest for each member of staff once a day. */
export function digestStore({ prisma, clock, shopTimeZone }: Settings) {
  async function read(tx: Tx, roles: readonly string[], since: Date, until: Date): Promise<Digest | null> {
    const kinds = kindsFor(roles)
    const rows = await tx.$queryRawUnsafe<{ kind: ItemKind; count: number }[]>(COUNT, since, until, kinds)
    const counts = new Map(rows.map(({ kind, count }) => [kind, count]))
    const part = async <L>(kind: ItemKind, statement: string): Promise<Part<L>> => {
      const count = counts.get(kind) ?? 0
      return { count, lines: count > 0 ? await tx.$queryRawUnsafe<L[]>(statement, since, until) : [] }
    }
    return digestOf({
      lowStock: await part('LOW_STOCK', LOW_STOCK),
      breaches: await part('TICKET_BREACHED', BREACHES),
      refunds: await part('FAILED_REFUND', REFUNDS),
      failures: await part('FAILED_JOB', FAILURES),
    })
  }

  async function plan(tx: Tx, { userId, roles, nextAt, coveredUntil, ...chosen }: Row): Promise<void> {
    const now = clock()
    const until = new Date(now.getTime() - SETTLED_MS)
    if (nextAt) {
      const digest = await read(tx, roles, coveredUntil ?? until, until)
      const thing = `${userId} ${nextAt.toISOString()}`
      if (digest) await insertOccasion(tx, ofUser(userId, digest, thing), now)
    }
    await tx.$executeRawUnsafe(SAVE, userId, nextDigestAt(digestTimeOf(chosen, shopTimeZone), now), until)
  }

  return {
    /** Plans the digests that are due. Any number of replicas share the work. */
    async planDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; )
        count = await prisma.$transaction(async (tx) => {
          const rows = await tx.$queryRawUnsafe<Row[]>(CLAIM, clock())
          for (const row of rows) await plan(tx, row)
          return rows.length
        })
    },

    /** Deletes items older than 30 days. */
    async forget(): Promise<void> {
      for (let count = FORGOTTEN_AT_ONCE; count === FORGOTTEN_AT_ONCE; )
        count = await prisma.$executeRawUnsafe(FORGET, clock())
    },
  }
}

export type DigestStore = ReturnType<typeof digestStore>
