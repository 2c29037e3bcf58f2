-- Coupons may hold instants that no answer can write, such as year 10000 in UTC; they move to the ends of the range that
-- the graph knows (subgraphs/kit/instant.ts). A start stays before its end. greatest and least would turn NULL into a bound.
UPDATE "coupon" SET "starts_at" = CASE
         WHEN "starts_at" < '0001-01-01T00:00:00Z' THEN '0001-01-01T00:00:00Z'
         WHEN "starts_at" > '9999-12-31T23:59:59.998Z' THEN '9999-12-31T23:59:59.998Z'
         ELSE "starts_at" END,
       "expires_at" = CASE
         WHEN "expires_at" < '0001-01-01T00:00:00.001Z' THEN '0001-01-01T00:00:00.001Z'
         WHEN "expires_at" > '9999-12-31T23:59:59.999Z' THEN '9999-12-31T23:59:59.999Z'
         ELSE "expires_at" END
 WHERE NOT ("starts_at" BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z')
    OR NOT ("expires_at" BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z');

ALTER TABLE "coupon"
  ADD CONSTRAINT "coupon_starts_at_check" CHECK ("starts_at" BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z'),
  ADD CONSTRAINT "coupon_expires_at_check" CHECK ("expires_at" BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999Z');
