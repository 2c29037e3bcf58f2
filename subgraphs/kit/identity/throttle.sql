-- A leaky bucket per caller and kind of attempt: it is empty again at "empty_at". See throttle.ts.
CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");
