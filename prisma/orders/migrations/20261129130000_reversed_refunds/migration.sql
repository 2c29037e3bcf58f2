-- Refunds that failed after they had succeeded, and what staff have refunded towards a claim.
ALTER TABLE "orders" ADD COLUMN "reversed_minor" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "orders_reversed_check" CHECK ("reversed_minor" >= 0);
ALTER TABLE "order_claim" ADD COLUMN "covered_minor" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "order_claim_covered_check" CHECK ("covered_minor" >= 0);
