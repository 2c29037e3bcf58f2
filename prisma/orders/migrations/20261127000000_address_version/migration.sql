-- Which version of which address an order goes to, so that late news of the address finds it.
ALTER TABLE "orders" ADD COLUMN "ship_address_id" TEXT, ADD COLUMN "ship_address_version" INTEGER;
CREATE INDEX "orders_ship_address_id_idx" ON "orders" ("ship_address_id");
ALTER TYPE "cancel_reason" ADD VALUE 'ADDRESS_REMOVED';
