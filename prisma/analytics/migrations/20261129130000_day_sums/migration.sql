-- Sums of the days of the shop's time zone, which a timer derives from the sales. A report reads them for days that did not change since,
-- and the sales themselves for all other times.
CREATE TABLE "sale_day" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "finish" TIMESTAMPTZ(3) NOT NULL,
  "basis" TEXT NOT NULL,
  "placed" INTEGER NOT NULL,
  "cancelled" INTEGER NOT NULL,
  "guests" INTEGER NOT NULL,
  "fresh" INTEGER NOT NULL,
  CONSTRAINT "sale_day_pkey" PRIMARY KEY ("start"),
  CONSTRAINT "sale_day_order_check" CHECK ("start" < "finish")
);

CREATE TABLE "sale_day_sum" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "target" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "has_rate" BOOLEAN NOT NULL,
  "orders" INTEGER NOT NULL,
  "units" INTEGER NOT NULL,
  "gross" DECIMAL(38,0) NOT NULL,
  "discount" DECIMAL(38,0) NOT NULL,
  "shipping" DECIMAL(38,0) NOT NULL,
  "tax" DECIMAL(38,0) NOT NULL,
  "refunds" DECIMAL(38,0) NOT NULL,
  "in_gross" DECIMAL(38,0),
  "in_discount" DECIMAL(38,0),
  "in_shipping" DECIMAL(38,0),
  "in_tax" DECIMAL(38,0),
  "in_refunds" DECIMAL(38,0),
  CONSTRAINT "sale_day_sum_pkey" PRIMARY KEY ("start", "target", "currency"),
  CONSTRAINT "sale_day_sum_start_fkey" FOREIGN KEY ("start") REFERENCES "sale_day" ("start") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "sale_day_return" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "previous" TIMESTAMPTZ(3) NOT NULL,
  "sales" INTEGER NOT NULL,
  CONSTRAINT "sale_day_return_pkey" PRIMARY KEY ("start", "previous"),
  CONSTRAINT "sale_day_return_start_fkey" FOREIGN KEY ("start") REFERENCES "sale_day" ("start") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "sale_day_product" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "product_id" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" JSONB NOT NULL,
  CONSTRAINT "sale_day_product_pkey" PRIMARY KEY ("start", "product_id"),
  CONSTRAINT "sale_day_product_start_fkey" FOREIGN KEY ("start") REFERENCES "sale_day" ("start") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "sale_day_coupon" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "code" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "discount" JSONB NOT NULL,
  "gross" JSONB NOT NULL,
  CONSTRAINT "sale_day_coupon_pkey" PRIMARY KEY ("start", "code"),
  CONSTRAINT "sale_day_coupon_start_fkey" FOREIGN KEY ("start") REFERENCES "sale_day" ("start") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "sale_month" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "finish" TIMESTAMPTZ(3) NOT NULL,
  "basis" TEXT NOT NULL,
  CONSTRAINT "sale_month_pkey" PRIMARY KEY ("start"),
  CONSTRAINT "sale_month_order_check" CHECK ("start" < "finish")
);

CREATE TABLE "sale_month_product" (
  "start" TIMESTAMPTZ(3) NOT NULL,
  "product_id" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" JSONB NOT NULL,
  CONSTRAINT "sale_month_product_pkey" PRIMARY KEY ("start", "product_id"),
  CONSTRAINT "sale_month_product_start_fkey" FOREIGN KEY ("start") REFERENCES "sale_month" ("start") ON DELETE CASCADE ON UPDATE RESTRICT
);

-- Instants whose day must be derived again. Each change inserts rows of its own, so that a change that commits while its day is derived
-- is still noted afterwards. The next sale of `buyer` is concerned too: it may be the first one now, or no longer.
CREATE TABLE "sale_change" (
  "id" BIGSERIAL NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "buyer" TEXT,
  CONSTRAINT "sale_change_pkey" PRIMARY KEY ("id")
);

CREATE FUNCTION "note_sale_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "sale_change" ("at", "buyer")
  SELECT DISTINCT "placed_at", CASE WHEN "status" IN ('SOLD', 'CANCELLED') THEN "buyer" END FROM "changed" WHERE "status" <> 'CLAIMED'
  UNION
  SELECT r."at", NULL FROM "changed" c JOIN "refund" r USING ("order_id");
  RETURN NULL;
END $$;
CREATE TRIGGER "sale_inserted" AFTER INSERT ON "sale"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_sale_change"();
CREATE TRIGGER "sale_updated_from" AFTER UPDATE ON "sale"
  REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_sale_change"();
CREATE TRIGGER "sale_updated_to" AFTER UPDATE ON "sale"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_sale_change"();
CREATE TRIGGER "sale_deleted" AFTER DELETE ON "sale"
  REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_sale_change"();

CREATE FUNCTION "note_line_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "sale_change" ("at")
  SELECT DISTINCT s."placed_at" FROM "changed" c JOIN "sale" s USING ("order_id") WHERE s."status" = 'SOLD';
  RETURN NULL;
END $$;
CREATE TRIGGER "sale_line_inserted" AFTER INSERT ON "sale_line"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_line_change"();
CREATE TRIGGER "sale_line_deleted" AFTER DELETE ON "sale_line"
  REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_line_change"();

CREATE FUNCTION "note_refund_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "sale_change" ("at") SELECT DISTINCT "at" FROM "changed";
  RETURN NULL;
END $$;
CREATE TRIGGER "refund_inserted" AFTER INSERT ON "refund"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_refund_change"();
CREATE TRIGGER "refund_deleted" AFTER DELETE ON "refund"
  REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_refund_change"();

-- A rate concerns the sales from its time on, or from the beginning if it is the first of its currency, and later refunds of theirs. The
-- lock keeps the days that are being derived with the rates of before from being missed: see day-sums.ts.
CREATE FUNCTION "note_rate_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7462);
  INSERT INTO "sale_change" ("at")
  SELECT d."start" FROM "sale_day" d
   WHERE d."finish" > (
     SELECT min(CASE WHEN EXISTS (SELECT 1 FROM "exchange_rate" e WHERE e."currency" = c."currency" AND e."valid_from" < c."valid_from")
                THEN c."valid_from" ELSE '-infinity' END)
       FROM "changed" c);
  RETURN NULL;
END $$;
CREATE TRIGGER "exchange_rate_inserted" AFTER INSERT ON "exchange_rate"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_rate_change"();
CREATE TRIGGER "exchange_rate_updated" AFTER UPDATE ON "exchange_rate"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_rate_change"();
CREATE TRIGGER "exchange_rate_deleted" AFTER DELETE ON "exchange_rate"
  REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "note_rate_change"();

-- All days of the past are to be derived. A day of any time zone consists of whole quarters of an hour.
INSERT INTO "sale_change" ("at")
SELECT DISTINCT date_bin('15 minutes', "placed_at", TIMESTAMPTZ '2000-01-01 00:00:00Z') FROM "sale" WHERE "status" <> 'CLAIMED'
UNION
SELECT DISTINCT date_bin('15 minutes', "at", TIMESTAMPTZ '2000-01-01 00:00:00Z') FROM "refund"
ORDER BY 1;
