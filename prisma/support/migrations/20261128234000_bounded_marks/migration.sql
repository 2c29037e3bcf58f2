-- AlterTable
ALTER TABLE "known_order" ADD COLUMN "summarised_at" TIMESTAMPTZ(3), ADD COLUMN "is_erased" BOOLEAN NOT NULL DEFAULT false;
-- Orders that are known already have no time: their period begins now. `npm run republish -- orders --to support` tells the earlier one.
UPDATE "known_order" SET "summarised_at" = now() WHERE "email" IS NOT NULL;
CREATE INDEX "known_order_email_idx" ON "known_order"("email") WHERE (email IS NOT NULL);
CREATE INDEX "known_order_address_idx" ON "known_order"("summarised_at") WHERE (email IS NOT NULL);

-- CreateTable
CREATE TABLE "recategorised_product" (
  "product_id" TEXT NOT NULL,
  "through" TEXT NOT NULL DEFAULT '',
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "recategorised_product_pkey" PRIMARY KEY ("product_id")
);
CREATE INDEX "recategorised_product_through_product_id_idx" ON "recategorised_product"("through", "product_id");
