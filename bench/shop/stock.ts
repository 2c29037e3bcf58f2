import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import type { Ask } from './graphql.ts'

const LEVELS = 'query($id: ID!) { variant(id: $id) { stockLevels { id onHand } } }'
const levels = z.object({
  variant: z.object({ stockLevels: z.array(z.object({ id: z.string(), onHand: z.int() })).min(1) }),
})

const ADJUST = `mutation($input: AdjustStockInput!) { adjustStock(input: $input) {
  stockLevel { onHand } userErrors { __typename ... on UserError { message } } } }`
const adjusted = z.object({ adjustStock: z.object({ userErrors: z.tuple([]) }) })

/**
 * Sets the stock of a variant to this many units, distributed evenly over its warehouses, through the router
 * as staff do.
 */
export async function setStock(staff: Ask, variantId: string, units: number): Promise<void> {
  const { stockLevels } = (await staff(LEVELS, { id: variantId }, levels)).variant
  for (const [place, { id, onHand }] of stockLevels.entries()) {
    const target = Math.floor(units / stockLevels.length) + (place < units % stockLevels.length ? 1 : 0)
    const input = {
      idempotencyKey: randomUUID(),
      stockLevelId: id,
      delta: target - onHand,
      reason: 'COUNT_CORRECTION',
      changeFromOnHand: onHand,
    }
    if (input.delta !== 0) await staff(ADJUST, { input }, adjusted)
  }
}

/** Inventory's stock of a variant, and the units taken by orders according to its ledger. */
export type Books = { readonly onHand: number; readonly reserved: number; readonly taken: number }

const BOOKS = `
SELECT sum(l.on_hand)::int AS "onHand", sum(l.reserved)::int AS reserved,
       coalesce((SELECT -sum(m.on_hand_delta) FROM stock_movement m JOIN stock_level s ON s.id = m.stock_level_id
                  WHERE s.variant_id = $1 AND m.kind IN ('COMMITTED', 'RESTOCKED')), 0)::int AS taken
  FROM stock_level l WHERE l.variant_id = $1`

/** @param inventory its database: the rows themselves, not what is published about them */
export async function booksOf(inventory: pg.Client, variantId: string): Promise<Books> {
  const { rows } = await inventory.query<Books>(BOOKS, [variantId])
  const [row] = rows
  if (!row) throw new Error('an aggregate has one row')
  return row
}
