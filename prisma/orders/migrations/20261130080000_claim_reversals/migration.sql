-- The messages about the refund of a return are ordered by the number of its refunds that failed afterwards.
ALTER TABLE "order_claim" ADD COLUMN "reversals" INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT "order_claim_reversals_check" CHECK ("reversals" >= 0);
