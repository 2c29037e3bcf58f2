-- Hash of a guest's e-mail and network, by which unpaid orders are counted; null for a customer's.
ALTER TABLE "orders" ADD COLUMN "unpaid_key" TEXT;
-- How many orders hold stock unpaid is counted whenever another one is placed. The version before uses orders_pay_later_idx.
CREATE INDEX "orders_unpaid_of_customer_idx" ON "orders" ("customer_id")
  WHERE ((step = ANY (ARRAY['RESERVING'::saga_step, 'CHOOSING_PAYMENT'::saga_step, 'AUTHORIZING'::saga_step])) AND (customer_id IS NOT NULL));
-- The uses of a guest become those of an account with every verified e-mail.
CREATE INDEX "coupon_redemption_customer_id_idx" ON "coupon_redemption" ("customer_id");
