CREATE TABLE "stock_change" (
  "quarter" TIMESTAMPTZ(3) NOT NULL,
  "on_hand_delta" INTEGER NOT NULL,
  "movements" INTEGER NOT NULL,
  CONSTRAINT "stock_change_pkey" PRIMARY KEY ("quarter")
);
