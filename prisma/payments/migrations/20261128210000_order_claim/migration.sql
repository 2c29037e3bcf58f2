-- Orders of guests that an account has claimed; the news may come before the order does.
CREATE TABLE "order_claim" (
  "order_id" TEXT NOT NULL,
  "customer_id" TEXT NOT NULL,
  CONSTRAINT "order_claim_pkey" PRIMARY KEY ("order_id")
);
