-- A guest names an order by its number and secret.
ALTER TABLE "known_order" ADD COLUMN "email" TEXT, ADD COLUMN "guest_proof_hash" TEXT;
CREATE INDEX "known_order_guest_idx" ON "known_order"("number") WHERE (guest_proof_hash IS NOT NULL);

-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
    "key" TEXT NOT NULL,
    "empty_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle"("empty_at");
