-- What credit notes were made for, and the refunds by staff that cover a claim.
ALTER TABLE "orders" ADD COLUMN "credited_minor" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "orders_credited_check" CHECK ("credited_minor" >= 0);
ALTER TABLE "order_claim" ADD COLUMN "covered_by" JSONB NOT NULL DEFAULT '[]';
-- Of other orders it is what was refunded.
UPDATE "orders" o SET "credited_minor" = (
    SELECT COALESCE(sum(i."amount_minor"), 0) FROM "invoice" i WHERE i."order_id" = o."id" AND i."kind" = 'CREDIT_NOTE')
 WHERE "reversed_minor" > 0;
