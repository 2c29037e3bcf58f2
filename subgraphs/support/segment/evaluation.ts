// Tested in ../segments.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { categoryPaths } from './category-tree.ts'
import { scoreSql } from './rfm.ts'
import { evaluate, type Facts, type Rule } from './rule.ts'

type Tx = TransactionOf<PrismaClient>

/** Customers of one transaction. */
const BATCH = 200
/** Customers of one transaction of a new rule. */
const BUILD_BATCH = 1_000
/** Members of a deleted segment that one transaction removes. */
const REMOVED_AT_ONCE = 1_000

const SCORES = scoreSql({
  scale: 'r.scale',
  lastOrderAt: 'o.last_at',
  orders: 'o.orders',
  currency: 'n.currency',
  spent: 'm.spent',
})

// Read after the customers are locked, so that a sale that comes later marks them again.
const FACTS = `
SELECT c.user_id AS "userId", c.accepts_campaigns AS "acceptsCampaigns", o.orders, o.first_at AS "firstOrderAt", o.last_at AS "lastOrderAt",
       n.currency, n.country_code AS "countryCode", COALESCE(m.spent, '{}') AS spent, COALESCE(k.categories, '{}') AS categories,
       ${SCORES.recency} AS "recencyScore", ${SCORES.frequency} AS "frequencyScore", ${SCORES.monetary} AS "monetaryScore"
  FROM customer c
  LEFT JOIN rfm_scale r ON true
  LEFT JOIN LATERAL (SELECT count(*)::int AS orders, min(placed_at) AS first_at, max(placed_at) AS last_at
                       FROM sale WHERE buyer = c.user_id AND status = 'SOLD') o ON true
  LEFT JOIN LATERAL (SELECT currency, country_code FROM sale WHERE buyer = c.user_id AND status = 'SOLD'
                      ORDER BY placed_at DESC, order_id DESC LIMIT 1) n ON true
  LEFT JOIN LATERAL (SELECT jsonb_object_agg(currency, minor) AS spent FROM (
                       SELECT currency, sum(net_minor)::text AS minor FROM sale
                        WHERE buyer = c.user_id AND status = 'SOLD' GROUP BY currency) AS sums) m ON true
  LEFT JOIN LATERAL (SELECT array_agg(DISTINCT p.category_id) AS categories
                       FROM sale s CROSS JOIN unnest(s.product_ids) AS bought (product_id)
                       JOIN known_product p ON p.product_id = bought.product_id
                      WHERE s.buyer = c.user_id AND s.status = 'SOLD' AND p.category_id IS NOT NULL) k ON true
 WHERE c.user_id = ANY($1::text[])`

const SAVE_CUSTOMERS = `
UPDATE customer c
   SET orders = f.orders, first_order_at = f."firstOrderAt", last_order_at = f."lastOrderAt", currency = f.currency,
       country_code = f."countryCode", spent = f.spent, categories = f.categories, recency_score = f."recencyScore", frequency_score = f."frequencyScore",
       monetary_score = f."monetaryScore", due_at = f."dueAt"
  FROM jsonb_to_recordset($1::jsonb)
    AS f("userId" text, orders int, "firstOrderAt" timestamptz, "lastOrderAt" timestamptz, currency text, "countryCode" text, spent jsonb, categories text[],
         "recencyScore" int, "frequencyScore" int, "monetaryScore" int, "dueAt" timestamptz)
 WHERE c.user_id = f."userId"`
const MOVE_DUE = `
UPDATE customer c SET due_at = LEAST(c.due_at, f."dueAt")
  FROM jsonb_to_recordset($1::jsonb) AS f("userId" text, "dueAt" timestamptz)
 WHERE c.user_id = f."userId" AND f."dueAt" IS NOT NULL`
const ADD = `
INSERT INTO segment_member AS known (segment_id, user_id, since, reasons)
SELECT "segmentId", "userId", $2::timestamptz, reasons
  FROM jsonb_to_recordset($1::jsonb) AS f("segmentId" text, "userId" text, reasons jsonb)
ON CONFLICT (segment_id, user_id) DO UPDATE SET reasons = EXCLUDED.reasons WHERE known.reasons <> EXCLUDED.reasons`
const REMOVE = `
DELETE FROM segment_member m USING jsonb_to_recordset($1::jsonb) AS f("segmentId" text, "userId" text)
 WHERE m.segment_id = f."segmentId" AND m.user_id = f."userId"`
const REMOVE_MEMBERS = `
DELETE FROM segment_member WHERE (segment_id, user_id) IN
 (SELECT segment_id, user_id FROM segment_member WHERE segment_id = $1 LIMIT ${REMOVED_AT_ONCE})`

const DUE = `
SELECT user_id AS "userId" FROM customer WHERE due_at <= $1::timestamptz AND NOT is_deleted
 ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`
// A customer whose facts have changed since the last evaluation is due, and is then evaluated by all rules.
const NEXT = `
SELECT user_id AS "userId", accepts_campaigns AS "acceptsCampaigns", orders, first_order_at AS "firstOrderAt",
       last_order_at AS "lastOrderAt", currency, country_code AS "countryCode", spent, categories,
       recency_score AS "recencyScore", frequency_score AS "frequencyScore", monetary_score AS "monetaryScore"
  FROM customer WHERE user_id > $1 AND NOT is_deleted ORDER BY user_id LIMIT ${BUILD_BATCH} FOR UPDATE`
// NO KEY: a member that another transaction inserts meanwhile locks the key of its segment, and must not wait.
const UNFINISHED = `
SELECT id, rule, built_through AS "builtThrough", deleted_at IS NOT NULL AS "isDeleted" FROM segment
 WHERE built_through IS NOT NULL OR deleted_at IS NOT NULL ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`

/** Whether there are segments to be finished, as the time since when. */
export const UNFINISHED_SEGMENTS = `
SELECT '-infinity'::timestamptz FROM segment WHERE built_through IS NOT NULL OR deleted_at IS NOT NULL ORDER BY id LIMIT 1`

type FactsRow = Facts & { readonly userId: string; readonly currency: string | null }
type SegmentRule = { readonly id: string; readonly rule: Rule }
type Unfinished = SegmentRule & { readonly builtThrough: string | null; readonly isDeleted: boolean }

/** Evaluates rules for locked customers, and saves the memberships. Resolves to the facts, each with the time of its next change. */
async function evaluateFor(tx: Tx, rows: readonly FactsRow[], rules: readonly SegmentRule[], now: Date) {
  // Read after the customers are locked, so that a tree that changes later is followed by another evaluation.
  const paths = await categoryPaths(
    tx,
    rows.flatMap(({ categories }) => categories),
  )
  const judged = rows.map((facts) => ({
    facts,
    verdicts: rules.map(({ id, rule }) => ({
      segmentId: id,
      userId: facts.userId,
      ...evaluate(rule, facts, now, paths),
    })),
  }))
  const verdicts = judged.flatMap((one) => one.verdicts)
  const members = verdicts.filter(({ isMember }) => isMember)
  const others = verdicts.filter(({ isMember }) => !isMember)
  if (members.length > 0) await tx.$executeRawUnsafe(ADD, JSON.stringify(members), now)
  if (others.length > 0) await tx.$executeRawUnsafe(REMOVE, JSON.stringify(others))
  return judged.map(({ facts, verdicts: own }) => ({
    ...facts,
    dueAt: earliest(own.map(({ changesAt }) => changesAt)),
  }))
}

function earliest(instants: readonly (Date | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null)
  return known.length > 0 ? new Date(Math.min(...known.map(Number))) : null
}

/** Keeps members current: customers with changed facts or a due time, and segments with a new rule. */
export function evaluationStore(prisma: PrismaClient, clock: Clock) {
  async function evaluateBatch(tx: Tx): Promise<number> {
    const now = clock()
    const due = await tx.$queryRawUnsafe<{ userId: string }[]>(DUE, now)
    if (due.length === 0) return 0
    const rules = await tx.$queryRaw<SegmentRule[]>`SELECT id, rule FROM segment WHERE deleted_at IS NULL`
    const userIds = due.map(({ userId }) => userId)
    const rows = await tx.$queryRawUnsafe<FactsRow[]>(FACTS, userIds)
    await tx.$executeRawUnsafe(SAVE_CUSTOMERS, JSON.stringify(await evaluateFor(tx, rows, rules, now)))
    return due.length
  }

  /** Evaluates one new rule for the next customers. */
  async function buildBatch(tx: Tx, { id, rule, builtThrough }: Unfinished, now: Date): Promise<void> {
    const next = await tx.$queryRawUnsafe<FactsRow[]>(NEXT, builtThrough ?? '')
    if (next.length > 0) {
      const evaluated = await evaluateFor(tx, next, [{ id, rule }], now)
      const due = evaluated.map(({ userId, dueAt }) => ({ userId, dueAt }))
      await tx.$executeRawUnsafe(MOVE_DUE, JSON.stringify(due))
    }
    const through = next.length < BUILD_BATCH ? null : (next.at(-1)?.userId ?? null)
    await tx.$executeRaw`UPDATE segment SET built_through = ${through} WHERE id = ${id}`
  }

  async function finishBatch(tx: Tx): Promise<boolean> {
    const [segment] = await tx.$queryRawUnsafe<Unfinished[]>(UNFINISHED)
    if (!segment) return false
    if (!segment.isDeleted) {
      await buildBatch(tx, segment, clock())
      return true
    }
    const removed = await tx.$executeRawUnsafe(REMOVE_MEMBERS, segment.id)
    if (removed < REMOVED_AT_ONCE) await tx.$executeRaw`DELETE FROM segment WHERE id = ${segment.id}`
    return true
  }

  return {
    /** Evaluates all customers that are due. Any number of replicas share the work. */
    async evaluateDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; ) count = await prisma.$transaction(evaluateBatch)
    },

    /** Evaluates new and changed rules for all customers, and removes deleted segments. */
    async finishSegments(): Promise<void> {
      while (await prisma.$transaction(finishBatch));
    },
  }
}

export type EvaluationStore = ReturnType<typeof evaluationStore>
