-- The customer who alone can use the coupon; null: everybody.
ALTER TABLE "coupon" ADD COLUMN "customer_id" TEXT;
-- The list of staff has the coupons of everybody alone.
CREATE INDEX "coupon_public_idx" ON "coupon" ("created_at", "id") WHERE "customer_id" IS NULL;
