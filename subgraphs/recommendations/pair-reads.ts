import type { Tx } from '@argyle/kit/database'
import { HALF_LIFE_DAYS, weightSql } from './decay.ts'
import type { Kind } from './recommendation.ts'

/** Maximum number of trials of a product in which its neighbours are counted, the newest ones. */
export const MAX_TRIALS = 1_000
/** Maximum number of neighbours of a product that are compared, those with the most trials in common. */
export const MAX_COMPARED = 200
/**
 * Maximum number of events in the weight of a product, the newest ones. A product with more sells so fast
 * that all of these are recent.
 */
export const MAX_COUNTED = 20_000
/** Maximum number of events in the weight of all trials, the newest ones. */
const MAX_ALL = 200_000
/**
 * Minimum number of people behind a recommended pair: a pair of one person would disclose what that person
 * bought. A session counts as a person.
 */
const MIN_PEOPLE = 2

/**
 * Where the trials of a kind are stored: the table, its columns of the trial and the person, and the
 * half-life.
 */
const TRIALS = {
  ORDER: { table: 'purchase', trial: 'order_id', person: 'buyer_id', halfLife: HALF_LIFE_DAYS.PURCHASE },
  BUYER: { table: 'purchase', trial: 'buyer_id', person: 'buyer_id', halfLife: HALF_LIFE_DAYS.PURCHASE },
  VIEW: { table: 'product_view', trial: 'session', person: 'session', halfLife: HALF_LIFE_DAYS.VIEW },
} as const satisfies Record<Kind, object>

/** Decayed weights of a pair, in units of the origin of weights. `first` is over the same sample of trials as `both`. */
export type PairCount = {
  readonly first: string
  readonly second: string
  readonly both: number
  readonly firstWeight: number
}

/**
 * The weights of pairs. The time of a product in a trial is that of its latest event, and the time of a pair
 * is the earlier of its two products' times. So the weight of a pair never exceeds that of either product.
 */
const pairsSql = ({ table, trial, person, halfLife }: (typeof TRIALS)[Kind]) => `
WITH asked AS (SELECT unnest($1::text[]) AS product_id
), own AS MATERIALIZED (
  SELECT asked.product_id, sample.trial, max(sample.person) AS person, max(sample.at) AS at
    FROM asked CROSS JOIN LATERAL (
      SELECT ${trial} AS trial, ${person} AS person, at FROM ${table} WHERE product_id = asked.product_id ORDER BY at DESC LIMIT ${MAX_TRIALS}) AS sample
   GROUP BY 1, 2
), weight AS (
  SELECT product_id, sum(${weightSql('at', halfLife)}) AS weight FROM own GROUP BY 1
), pair AS (
  SELECT own.product_id AS first, other.product_id AS second, count(DISTINCT own.person) AS people,
         sum(${weightSql('LEAST(own.at, other.at)', halfLife)}) AS shared
    FROM own CROSS JOIN LATERAL (
      SELECT product_id, max(at) AS at FROM ${table}
       WHERE ${trial} = own.trial AND product_id <> own.product_id GROUP BY 1) AS other
   GROUP BY 1, 2
)
SELECT first, second, shared AS "both", weight AS "firstWeight"
  FROM (SELECT *, row_number() OVER (PARTITION BY first ORDER BY shared DESC, second) AS place FROM pair WHERE people >= ${MIN_PEOPLE}) AS numbered
  JOIN weight ON weight.product_id = first
 WHERE place <= ${MAX_COMPARED}`

const weightsSql = ({ table, trial, halfLife }: (typeof TRIALS)[Kind]) => `
SELECT id, weight FROM unnest($1::text[]) AS id CROSS JOIN LATERAL (
  SELECT sum(${weightSql('at', halfLife)}) AS weight FROM (
    SELECT max(at) AS at FROM (
      SELECT ${trial} AS trial, at FROM ${table} WHERE product_id = id ORDER BY at DESC LIMIT ${MAX_COUNTED}) AS newest
     GROUP BY trial) AS trials) AS summed`

const allSql = ({ table, trial, halfLife }: (typeof TRIALS)[Kind]) => `
SELECT coalesce(sum(${weightSql('at', halfLife)}), 0) AS weight FROM (
  SELECT max(at) AS at FROM (SELECT ${trial} AS trial, at FROM ${table} ORDER BY at DESC LIMIT $1) AS newest
   GROUP BY trial) AS trials`

/** The half-life of a kind, in days. */
export const halfLifeOf = (kind: Kind): number => TRIALS[kind].halfLife

/** Counts of the pairs that begin with these products. */
export function readPairs(tx: Tx, kind: Kind, productIds: readonly string[]): PromiseLike<PairCount[]> {
  return tx.$queryRawUnsafe(pairsSql(TRIALS[kind]), productIds)
}

/** Weights of products over all trials. */
export async function readWeights(
  tx: Tx,
  kind: Kind,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRawUnsafe<{ id: string; weight: number }[]>(
    weightsSql(TRIALS[kind]),
    productIds,
  )
  return new Map(rows.map(({ id, weight }) => [id, weight]))
}

/** The weight of all trials of the newest events. */
export async function readAllWeight(tx: Tx, kind: Kind, most = MAX_ALL): Promise<number> {
  const [row] = await tx.$queryRawUnsafe<{ weight: number }[]>(allSql(TRIALS[kind]), most)
  return row?.weight ?? 0
}

/** The popularity of products: orders, each with the weight of its age. */
export const POPULARITY = `
SELECT id AS product_id, coalesce(weight, 0) AS popularity FROM unnest($1::text[]) AS id CROSS JOIN LATERAL (
  SELECT sum(${weightSql('at', HALF_LIFE_DAYS.POPULARITY)}) AS weight FROM (
    SELECT at FROM purchase WHERE product_id = id ORDER BY at DESC LIMIT ${MAX_COUNTED}) AS newest) AS summed`
