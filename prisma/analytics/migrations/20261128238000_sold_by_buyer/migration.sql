-- Sales of accounts in the order of time, which reports read without the table.
CREATE INDEX "sale_buyer_idx" ON "sale" ("buyer", "placed_at", "order_id") WHERE (status = 'SOLD' AND buyer IS NOT NULL);
DROP INDEX "sale_buyer_placed_at_order_id_idx";
