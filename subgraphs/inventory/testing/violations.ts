import type { PrismaClient } from '../generated/prisma/client.ts'

type Violation = Record<string, unknown>

/** The units of a level equal the sum of its ledger, and its reserved units those of its reservations. */
function wrongLevels(prisma: PrismaClient): Promise<Violation[]> {
  return prisma.$queryRaw<Violation[]>`
    WITH ledger AS (
      SELECT stock_level_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved,
             sum(on_hand_delta) FILTER (WHERE order_id IS NULL) AS staff,
             sum(on_hand_delta) FILTER (WHERE kind = 'RESTOCKED') AS back
        FROM stock_movement GROUP BY 1
    ), lines AS (
      SELECT stock_level_id, sum(quantity) FILTER (WHERE status = 'HELD') AS held,
             sum(quantity) FILTER (WHERE status IN ('COMMITTED', 'RESTOCKED')) AS sold
        FROM reservation_line JOIN reservation ON reservation.id = reservation_id GROUP BY 1
    )
    SELECT level.id, level.on_hand, level.reserved, ledger.*, lines.*
      FROM stock_level level
      LEFT JOIN ledger ON ledger.stock_level_id = level.id
      LEFT JOIN lines ON lines.stock_level_id = level.id
     WHERE level.reserved < 0 OR level.on_hand < level.reserved
        OR level.on_hand <> coalesce(ledger.on_hand, 0) OR level.reserved <> coalesce(ledger.reserved, 0)
        OR level.reserved <> coalesce(lines.held, 0)
        OR level.on_hand + coalesce(lines.sold, 0) - coalesce(ledger.back, 0) <> coalesce(ledger.staff, 0)`
}

/**
 * The returned units of an order's lines equal those of its returns and of the ledger, at the same levels.
 */
function wrongRestocks(prisma: PrismaClient): Promise<Violation[]> {
  return prisma.$queryRaw<Violation[]>`
    WITH line AS (
      SELECT order_id, status, sum(restocked) AS back, sum(quantity - restocked) AS out
        FROM reservation JOIN reservation_line ON reservation_id = reservation.id GROUP BY 1, 2
    ), ledger AS (
      SELECT order_id, sum(on_hand_delta) AS units FROM stock_movement WHERE kind = 'RESTOCKED' GROUP BY 1
    ), noted AS (
      SELECT order_id, sum((l->>'quantity')::int) AS units FROM restock, jsonb_array_elements(lines) l GROUP BY 1
    )
    SELECT line.*, ledger.units, noted.units
      FROM line LEFT JOIN ledger USING (order_id) LEFT JOIN noted USING (order_id)
     WHERE line.back <> coalesce(ledger.units, 0) OR line.back <> coalesce(noted.units, 0)
        OR (line.status = 'RESTOCKED') <> (line.out = 0)`
}

/** Each ledger entry follows from the previous one. */
function brokenLedgers(prisma: PrismaClient): Promise<Violation[]> {
  return prisma.$queryRaw<Violation[]>`
    SELECT * FROM (
      SELECT *, coalesce(lag(on_hand) OVER entries, 0) AS before, coalesce(lag(reserved) OVER entries, 0) AS promised
        FROM stock_movement WINDOW entries AS (PARTITION BY stock_level_id ORDER BY id)
    ) AS entry
    WHERE on_hand <> before + on_hand_delta OR reserved <> promised + reserved_delta`
}

/** The published stock is the sum over all warehouses, and equals the latest event. */
function wrongVariants(prisma: PrismaClient): Promise<Violation[]> {
  return prisma.$queryRaw<Violation[]>`
    WITH sums AS (
      SELECT variant_id, sum(on_hand - reserved) AS units, sum(incoming) AS incoming FROM stock_level GROUP BY 1
    ), published AS (
      SELECT DISTINCT ON (subject) subject, data, sequence FROM outbox_message
       WHERE type = 'inventory.availability.changed' ORDER BY subject, sequence DESC
    ), counted AS (
      SELECT subject, count(DISTINCT sequence) AS sequences, count(*) AS messages FROM outbox_message
       WHERE type = 'inventory.availability.changed' GROUP BY 1
    )
    SELECT variant.*, sums.units, published.data
      FROM variant
      LEFT JOIN sums ON sums.variant_id = variant.id
      LEFT JOIN published ON published.subject = variant.id
      LEFT JOIN counted ON counted.subject = variant.id
     WHERE variant.available_quantity <> least(20, coalesce(sums.units, 0))
        OR variant.availability_status::text <> CASE
             WHEN coalesce(sums.units, 0) > 5 THEN 'IN_STOCK' WHEN sums.units > 0 THEN 'LOW_STOCK'
             WHEN sums.incoming > 0 THEN 'BACKORDER' ELSE 'OUT_OF_STOCK' END
        OR coalesce(published.sequence, 0) <> variant.availability_sequence
        OR counted.sequences <> variant.availability_sequence OR counted.messages <> variant.availability_sequence
        OR (published.data ->> 'availableQuantity')::int <> variant.available_quantity
        OR published.data ->> 'status' <> variant.availability_status::text`
}

/** A level has at most one open alert, and none once it is filled up. */
function wrongAlerts(prisma: PrismaClient): Promise<Violation[]> {
  return prisma.$queryRaw<Violation[]>`
    SELECT alert.* FROM low_stock_alert alert JOIN stock_level level ON level.id = alert.stock_level_id
     WHERE alert.resolved_at IS NULL
       AND level.on_hand - level.reserved > level.reorder_point + greatest(5, ceil(level.reorder_point / 5.0))`
}

/** All violations of the invariants of stock; empty if there are none. */
export async function violations(prisma: PrismaClient): Promise<Violation[]> {
  const found = await Promise.all([
    wrongLevels(prisma),
    wrongRestocks(prisma),
    brokenLedgers(prisma),
    wrongVariants(prisma),
    wrongAlerts(prisma),
  ])
  return found.flat()
}
