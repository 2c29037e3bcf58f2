-- A guest's method pays for one order: that of its first payment. `payer_id` is the account whose order it is.
ALTER TABLE "payment_method" ADD COLUMN "order_id" TEXT;
ALTER TABLE "payment_method" ADD COLUMN "payer_id" TEXT;
-- When the gateway is told next to forget a removed method; null: an hour after the removal.
ALTER TABLE "payment_method" ADD COLUMN "detach_due_at" TIMESTAMPTZ(3);
UPDATE "payment_method" m SET "order_id" = p."order_id", "payer_id" = p."customer_id"
  FROM (SELECT DISTINCT ON ("method_id") "method_id", "order_id", "customer_id" FROM "payment"
         WHERE "method_id" IS NOT NULL ORDER BY "method_id", "created_at", "id") p
 WHERE p."method_id" = m."id" AND m."customer_id" IS NULL;
CREATE UNIQUE INDEX "payment_method_order_id_key" ON "payment_method" ("order_id");
CREATE INDEX "payment_method_payer_id_idx" ON "payment_method" ("payer_id") WHERE (payer_id IS NOT NULL);
CREATE INDEX "payment_method_of_guest_idx" ON "payment_method" ("created_at") WHERE ((customer_id IS NULL) AND (removed_at IS NULL));
