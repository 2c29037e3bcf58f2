-- An erasure looks for the orders that the account has claimed.
CREATE INDEX "known_order_claimed_idx" ON "known_order" ("claimed_by") WHERE "claimed_by" IS NOT NULL AND "email" IS NOT NULL;
