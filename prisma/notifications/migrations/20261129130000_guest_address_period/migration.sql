-- The time of the newest message about an order: the address of a guest is erased a period after it. It begins with the upgrade for orders that
-- are known already.
ALTER TABLE "known_order" ADD COLUMN "told_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
CREATE INDEX "known_order_told_idx" ON "known_order" ("told_at") WHERE (email IS NOT NULL);
