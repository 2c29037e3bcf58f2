CREATE TABLE "stock_quarter" (
  "quarter" TIMESTAMPTZ(3) NOT NULL,
  "on_hand_delta" INTEGER NOT NULL,
  "movements" INTEGER NOT NULL,
  CONSTRAINT "stock_quarter_pkey" PRIMARY KEY ("quarter")
);
-- The ledger is written in the order of time, so that an index of ranges of pages suffices.
CREATE INDEX "stock_movement_at_idx" ON "stock_movement" USING BRIN ("at");
-- What the ledger holds already. `npm run republish -- inventory --to analytics` tells it.
INSERT INTO "stock_quarter" ("quarter", "on_hand_delta", "movements")
SELECT date_bin('15 minutes', "at", timestamptz '2000-01-01 00:00Z'), sum("on_hand_delta"), count(*)
  FROM "stock_movement" WHERE "on_hand_delta" <> 0 GROUP BY 1;
