-- Refunds that failed after they had succeeded.
ALTER TABLE "payment" ADD COLUMN "reversed_minor" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "payment_reversed_check" CHECK ("reversed_minor" >= 0);
