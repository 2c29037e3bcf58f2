-- An order that is being cancelled and whose refund is left to staff has nothing to repeat.
ALTER TABLE "orders" DROP CONSTRAINT "orders_due_check",
  ADD CONSTRAINT "orders_due_check" CHECK ("due_at" IS NOT NULL OR "step"::text IN ('DELIVERING', 'DONE')
    OR ("step"::text = 'UNDOING' AND "undo_stock" IS NULL AND "undo_payment" = 'REFUND'));
