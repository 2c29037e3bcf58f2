-- Succeeded refunds are looked up again for some weeks: a bank may return the money, and the webhook about it may be lost.
ALTER TABLE "refund" ADD COLUMN "checked_at" TIMESTAMPTZ(3);
CREATE INDEX "refund_succeeded_idx" ON "refund" ("settled_at") WHERE status = 'SUCCEEDED';
