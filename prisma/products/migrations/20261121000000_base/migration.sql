-- What every subgraph's database holds for messages and idempotency; the same text opens each first migration.
CREATE TABLE "outbox_message" (
  "id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "data" JSONB NOT NULL,
  "time" TIMESTAMPTZ(3) NOT NULL,
  "correlation_id" TEXT NOT NULL,
  "causation_id" TEXT,
  "traceparent" TEXT,
  "published_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_error" TEXT,
  CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);
-- The relay reads only what waits; a published row leaves this index.
CREATE INDEX "outbox_message_waiting_idx" ON "outbox_message" ("available_at") WHERE "published_at" IS NULL;

CREATE TABLE "inbox_message" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "handled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "inbox_message_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "dead_letter" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "envelope" JSONB NOT NULL,
  "error" TEXT NOT NULL,
  "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "idempotency_record" (
  "principal" TEXT NOT NULL,
  "mutation" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "response" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("principal", "mutation", "key"),
  CONSTRAINT "idempotency_record_key_check" CHECK (length("key") BETWEEN 1 AND 200)
);

CREATE TYPE "product_status" AS ENUM ('DRAFT', 'ACTIVE', 'ARCHIVED');

CREATE TABLE "category" (
  "id" TEXT NOT NULL,
  "parent_id" TEXT,
  "slug" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "position" INTEGER NOT NULL DEFAULT 0,
  "version" INTEGER NOT NULL DEFAULT 1,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "category_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "category" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "category_id_check" CHECK ("id" LIKE 'cat\_%'),
  CONSTRAINT "category_parent_id_check" CHECK ("parent_id" <> "id"),
  CONSTRAINT "category_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 100),
  CONSTRAINT "category_name_check" CHECK (length("name") BETWEEN 1 AND 100),
  CONSTRAINT "category_position_check" CHECK ("position" BETWEEN 0 AND 100000),
  CONSTRAINT "category_version_check" CHECK ("version" >= 1)
);
CREATE UNIQUE INDEX "category_slug_key" ON "category" ("slug");
CREATE INDEX "category_parent_id_idx" ON "category" ("parent_id");

CREATE TABLE "product" (
  "id" TEXT NOT NULL,
  "slug" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "description" TEXT,
  "category_id" TEXT,
  "status" "product_status" NOT NULL,
  "version" INTEGER NOT NULL DEFAULT 1,
  "released_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "product_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "product_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "product_id_check" CHECK ("id" LIKE 'prd\_%'),
  CONSTRAINT "product_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 100),
  CONSTRAINT "product_title_check" CHECK (length("title") BETWEEN 1 AND 200),
  CONSTRAINT "product_description_check" CHECK (length("description") BETWEEN 1 AND 5000),
  CONSTRAINT "product_version_check" CHECK ("version" >= 1)
);
CREATE UNIQUE INDEX "product_slug_key" ON "product" ("slug");
CREATE INDEX "product_category_id_idx" ON "product" ("category_id");
-- Each sort has an index for the whole shop and one within a category. The status leads instead of standing in a
-- WHERE of the index, since the plan of a prepared statement does not see its parameters.
CREATE INDEX "product_status_released_at_id_idx" ON "product" ("status", "released_at", "id");
CREATE INDEX "product_status_category_id_released_at_id_idx" ON "product" ("status", "category_id", "released_at", "id");
CREATE INDEX "product_status_title_id_idx" ON "product" ("status", (lower("title") COLLATE "C"), "id");
CREATE INDEX "product_status_category_id_title_id_idx" ON "product" ("status", "category_id", (lower("title") COLLATE "C"), "id");

CREATE TABLE "variant" (
  "id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "sku" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "options" JSONB NOT NULL,
  "weight_grams" INTEGER NOT NULL,
  "position" INTEGER NOT NULL,
  "cost_minor" BIGINT,
  "cost_currency" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "variant_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "variant_id_check" CHECK ("id" LIKE 'var\_%'),
  CONSTRAINT "variant_sku_check" CHECK ("sku" ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length("sku") <= 40),
  CONSTRAINT "variant_title_check" CHECK (length("title") BETWEEN 1 AND 200),
  CONSTRAINT "variant_options_check" CHECK (jsonb_typeof("options") = 'array' AND jsonb_array_length("options") <= 5),
  CONSTRAINT "variant_weight_grams_check" CHECK ("weight_grams" BETWEEN 1 AND 100000),
  CONSTRAINT "variant_position_check" CHECK ("position" >= 0),
  CONSTRAINT "variant_cost_check" CHECK (("cost_minor" IS NULL) = ("cost_currency" IS NULL) AND "cost_minor" BETWEEN 0 AND 999999999999),
  CONSTRAINT "variant_cost_currency_check" CHECK ("cost_currency" IN ('USD', 'EUR', 'JPY'))
);
CREATE UNIQUE INDEX "variant_sku_key" ON "variant" ("sku");
CREATE UNIQUE INDEX "variant_product_id_position_key" ON "variant" ("product_id", "position");
-- No two variants of a product are the same choice.
CREATE UNIQUE INDEX "variant_product_id_options_key" ON "variant" ("product_id", "options");

CREATE TABLE "variant_price" (
  "variant_id" TEXT NOT NULL,
  "currency_code" TEXT NOT NULL,
  "amount_minor" BIGINT NOT NULL,
  "compare_at_minor" BIGINT,
  CONSTRAINT "variant_price_pkey" PRIMARY KEY ("variant_id", "currency_code"),
  CONSTRAINT "variant_price_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "variant_price_currency_code_check" CHECK ("currency_code" IN ('USD', 'EUR', 'JPY')),
  CONSTRAINT "variant_price_amount_check" CHECK ("amount_minor" BETWEEN 1 AND 999999999999),
  CONSTRAINT "variant_price_compare_at_check" CHECK ("compare_at_minor" > "amount_minor" AND "compare_at_minor" <= 999999999999)
);

CREATE TABLE "product_image" (
  "product_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "alt_text" TEXT NOT NULL,
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "svg" TEXT NOT NULL,
  CONSTRAINT "product_image_pkey" PRIMARY KEY ("product_id", "position"),
  CONSTRAINT "product_image_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "product_image_position_check" CHECK ("position" >= 0),
  CONSTRAINT "product_image_name_check" CHECK ("name" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("name") <= 120),
  CONSTRAINT "product_image_alt_text_check" CHECK (length("alt_text") BETWEEN 1 AND 300),
  CONSTRAINT "product_image_size_check" CHECK ("width" > 0 AND "height" > 0),
  CONSTRAINT "product_image_svg_check" CHECK ("svg" LIKE '<svg%')
);
CREATE UNIQUE INDEX "product_image_name_key" ON "product_image" ("name");

-- What lists sort and filter by price with, kept by the triggers below, so that every writer, COPY included, keeps it
-- true. Prices are not deleted and a variant never changes its product, hence no triggers for that.
CREATE TABLE "price_range" (
  "product_id" TEXT NOT NULL,
  "currency_code" TEXT NOT NULL,
  "min_minor" BIGINT NOT NULL,
  "max_minor" BIGINT NOT NULL,
  "status" "product_status" NOT NULL,
  "category_id" TEXT,
  CONSTRAINT "price_range_pkey" PRIMARY KEY ("product_id", "currency_code"),
  CONSTRAINT "price_range_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "price_range_order_check" CHECK ("min_minor" <= "max_minor")
);
CREATE INDEX "price_range_status_currency_code_min_minor_product_id_idx" ON "price_range" ("status", "currency_code", "min_minor", "product_id");
CREATE INDEX "price_range_status_category_id_currency_code_min_minor_prod_idx" ON "price_range" ("status", "category_id", "currency_code", "min_minor", "product_id");

CREATE FUNCTION "price_range_follows_prices"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "price_range" ("product_id", "currency_code", "min_minor", "max_minor", "status", "category_id")
  SELECT p."id", vp."currency_code", min(vp."amount_minor"), max(vp."amount_minor"), p."status", p."category_id"
    FROM (SELECT DISTINCT v."product_id" FROM "changed" c JOIN "variant" v ON v."id" = c."variant_id") AS touched
    JOIN "product" p ON p."id" = touched."product_id"
    JOIN "variant" v ON v."product_id" = p."id"
    JOIN "variant_price" vp ON vp."variant_id" = v."id"
   GROUP BY p."id", vp."currency_code"
  ON CONFLICT ("product_id", "currency_code")
  DO UPDATE SET "min_minor" = excluded."min_minor", "max_minor" = excluded."max_minor"
   WHERE ("price_range"."min_minor", "price_range"."max_minor") <> (excluded."min_minor", excluded."max_minor");
  RETURN NULL;
END $$;
CREATE TRIGGER "price_range_follows_new_prices" AFTER INSERT ON "variant_price"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "price_range_follows_prices"();
CREATE TRIGGER "price_range_follows_changed_prices" AFTER UPDATE ON "variant_price"
  REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "price_range_follows_prices"();

CREATE FUNCTION "price_range_follows_product"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "price_range" SET "status" = NEW."status", "category_id" = NEW."category_id" WHERE "product_id" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER "price_range_follows_product" AFTER UPDATE OF "status", "category_id" ON "product" FOR EACH ROW
  WHEN ((OLD."status", OLD."category_id") IS DISTINCT FROM (NEW."status", NEW."category_id"))
  EXECUTE FUNCTION "price_range_follows_product"();
