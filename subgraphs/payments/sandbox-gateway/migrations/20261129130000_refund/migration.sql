-- Refunds by the idempotency key of their request. One may fail after it was made: its amount is then back at the shop.
CREATE TABLE "refund" (
  "key" TEXT PRIMARY KEY,
  "payment_id" TEXT NOT NULL REFERENCES "payment" ("id"),
  "amount_minor" BIGINT NOT NULL CHECK ("amount_minor" > 0),
  "fails_at" TIMESTAMPTZ(3),
  "failed_at" TIMESTAMPTZ(3)
);
CREATE INDEX "refund_payment_id_idx" ON "refund" ("payment_id");
CREATE INDEX "refund_fails_at_idx" ON "refund" ("fails_at") WHERE "fails_at" IS NOT NULL AND "failed_at" IS NULL;

ALTER TABLE "entry" DROP CONSTRAINT "entry_kind_check",
  ADD CONSTRAINT "entry_kind_check" CHECK ("kind" IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND', 'REFUND_FAILED'));
