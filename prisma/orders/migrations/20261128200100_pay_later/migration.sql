-- Orders whose shipping option or payment method is chosen after they were placed.
ALTER TABLE "orders"
  ADD COLUMN "pay_later" BOOLEAN NOT NULL DEFAULT false,
  DROP CONSTRAINT "orders_step_check",
  DROP CONSTRAINT "orders_reservation_check",
  DROP CONSTRAINT "orders_pay_until_check",
  -- Steps as text: the value was added by the migration before.
  ADD CONSTRAINT "orders_step_check" CHECK (CASE "status"
    WHEN 'PENDING' THEN "step"::text IN ('RESERVING', 'COMMITTING_STOCK')
    WHEN 'AWAITING_PAYMENT' THEN "step"::text IN ('CHOOSING_PAYMENT', 'AUTHORIZING', 'COMMITTING_STOCK', 'CAPTURING')
    WHEN 'CONFIRMED' THEN "step"::text IN ('ARRANGING', 'DONE')
    WHEN 'FULFILLING' THEN "step"::text IN ('DELIVERING', 'DONE')
    WHEN 'SHIPPED' THEN "step"::text IN ('DELIVERING', 'DONE')
    WHEN 'CANCELLING' THEN "step"::text IN ('RELEASING', 'RECALLING', 'UNDOING')
    ELSE "step"::text = 'DONE' END),
  ADD CONSTRAINT "orders_reservation_check" CHECK (
    "step"::text NOT IN ('CHOOSING_PAYMENT', 'AUTHORIZING', 'COMMITTING_STOCK') OR "reservation_id" IS NOT NULL),
  ADD CONSTRAINT "orders_pay_until_check" CHECK (
    ("step"::text IN ('CHOOSING_PAYMENT', 'AUTHORIZING')) <= ("pay_until" IS NOT NULL));
-- How many orders of a customer hold stock unpaid is counted whenever another one is placed.
CREATE INDEX "orders_pay_later_idx" ON "orders" ("customer_id") WHERE "pay_later" AND "due_at" IS NOT NULL;
