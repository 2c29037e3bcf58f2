-- Hash of the proof that a caller has the secret of a guest's order; null for a customer's, and for orders from before.
ALTER TABLE "fulfilment" ADD COLUMN "guest_proof_hash" TEXT;

-- A guest names an order by its number.
CREATE INDEX "fulfilment_order_number_idx" ON "fulfilment" ("order_number");

-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");
