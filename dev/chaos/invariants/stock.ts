import type { Databases, Row } from '../databases.ts'
import { type Violation, violation } from './violation.ts'

/** Each level against its own ledger, and against the reservations: what was there, came, was sold and came back. */
const LEVELS = `
WITH ledger AS (
  SELECT stock_level_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved,
         sum(on_hand_delta) FILTER (WHERE order_id IS NULL) AS put,
         sum(on_hand_delta) FILTER (WHERE kind = 'RESTOCKED') AS back
    FROM stock_movement GROUP BY 1),
lines AS (
  SELECT stock_level_id, sum(quantity) FILTER (WHERE status = 'HELD') AS held,
         sum(quantity) FILTER (WHERE status IN ('COMMITTED', 'RESTOCKED')) AS sold
    FROM reservation_line JOIN reservation ON reservation.id = reservation_id GROUP BY 1)
SELECT level.id, level.on_hand, level.reserved, coalesce(ledger.on_hand, 0) AS ledger_on_hand,
       coalesce(ledger.reserved, 0) AS ledger_reserved, coalesce(lines.held, 0) AS held,
       coalesce(lines.sold, 0) AS sold, coalesce(ledger.back, 0) AS back, coalesce(ledger.put, 0) AS put
  FROM stock_level level
  LEFT JOIN ledger ON ledger.stock_level_id = level.id
  LEFT JOIN lines ON lines.stock_level_id = level.id
 WHERE level.reserved < 0 OR level.on_hand < level.reserved
    OR level.on_hand <> coalesce(ledger.on_hand, 0) OR level.reserved <> coalesce(ledger.reserved, 0)
    OR level.reserved <> coalesce(lines.held, 0)
    OR level.on_hand + coalesce(lines.sold, 0) - coalesce(ledger.back, 0) <> coalesce(ledger.put, 0)`

/** Entries that do not follow from the one before. */
const CHAIN = `
SELECT id, stock_level_id, order_id, on_hand, reserved FROM (
  SELECT *, coalesce(lag(on_hand) OVER entries, 0) AS before, coalesce(lag(reserved) OVER entries, 0) AS promised
    FROM stock_movement WINDOW entries AS (PARTITION BY stock_level_id ORDER BY id)) AS entry
 WHERE on_hand <> before + on_hand_delta OR reserved <> promised + reserved_delta`

/** Movements of an order that happened twice. */
const REPEATED = `
SELECT order_id, stock_level_id, kind, count(*) AS times FROM stock_movement
 WHERE kind IN ('RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED') AND order_id IS NOT NULL
 GROUP BY 1, 2, 3 HAVING count(*) > 1`

/** Units that came back: of each order, by its lines, by its ledger and by its returns. */
const RETURNED = `
WITH line AS (
  SELECT order_id, status::text, sum(restocked) AS back, sum(quantity - restocked) AS out
    FROM reservation JOIN reservation_line ON reservation_id = reservation.id GROUP BY 1, 2),
ledger AS (
  SELECT order_id, sum(on_hand_delta) AS units FROM stock_movement WHERE kind = 'RESTOCKED' GROUP BY 1),
noted AS (
  SELECT order_id, sum((l->>'quantity')::int) AS units FROM restock, jsonb_array_elements(lines) l GROUP BY 1)
SELECT line.*, ledger.units AS ledger, noted.units AS noted
  FROM line LEFT JOIN ledger USING (order_id) LEFT JOIN noted USING (order_id)
 WHERE line.back <> coalesce(ledger.units, 0) OR line.back <> coalesce(noted.units, 0)
    OR (line.status = 'RESTOCKED') <> (line.out = 0)`

/** Invariant 1: no unit is lost, made up or promised twice. And of 5: no stock movement has its effect twice. */
export async function stockViolations({ rows }: Databases): Promise<Violation[]> {
  const asText = (row: Row) => JSON.stringify(row)
  const [levels, chain, repeated, returned] = await Promise.all(
    [LEVELS, CHAIN, REPEATED, RETURNED].map((sql) => rows('inventory', sql)),
  )
  return [
    ...(levels ?? []).map((row) => violation(1, null, `the stock level does not add up: ${asText(row)}`)),
    ...(chain ?? []).map((row) => violation(1, row.order_id, `the ledger skips an entry: ${asText(row)}`)),
    ...(repeated ?? []).map((row) => violation(5, row.order_id, `stock moved twice: ${asText(row)}`)),
    ...(returned ?? []).map((row) =>
      violation(1, row.order_id, `returned units do not add up: ${asText(row)}`),
    ),
  ]
}
