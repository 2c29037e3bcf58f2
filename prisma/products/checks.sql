-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE category ADD CONSTRAINT category_id_check CHECK ((id ~~ 'cat\_%'::text));
ALTER TABLE category ADD CONSTRAINT category_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE category ADD CONSTRAINT category_parent_id_check CHECK ((parent_id <> id));
ALTER TABLE category ADD CONSTRAINT category_position_check CHECK ((("position" >= 0) AND ("position" <= 100000)));
ALTER TABLE category ADD CONSTRAINT category_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 100)));
ALTER TABLE category ADD CONSTRAINT category_version_check CHECK ((version >= 1));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE price_range ADD CONSTRAINT price_range_order_check CHECK ((min_minor <= max_minor));
ALTER TABLE product ADD CONSTRAINT product_description_check CHECK (((length(description) >= 1) AND (length(description) <= 5000)));
ALTER TABLE product ADD CONSTRAINT product_id_check CHECK ((id ~~ 'prd\_%'::text));
ALTER TABLE product ADD CONSTRAINT product_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 100)));
ALTER TABLE product ADD CONSTRAINT product_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)));
ALTER TABLE product ADD CONSTRAINT product_version_check CHECK ((version >= 1));
ALTER TABLE product_image ADD CONSTRAINT product_image_alt_text_check CHECK (((length(alt_text) >= 1) AND (length(alt_text) <= 300)));
ALTER TABLE product_image ADD CONSTRAINT product_image_name_check CHECK (((name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(name) <= 120)));
ALTER TABLE product_image ADD CONSTRAINT product_image_position_check CHECK (("position" >= 0));
ALTER TABLE product_image ADD CONSTRAINT product_image_size_check CHECK (((width > 0) AND (height > 0)));
ALTER TABLE product_image ADD CONSTRAINT product_image_svg_check CHECK ((svg ~~ '<svg%'::text));
ALTER TABLE variant ADD CONSTRAINT variant_cost_check CHECK ((((cost_minor IS NULL) = (cost_currency IS NULL)) AND ((cost_minor >= 0) AND (cost_minor <= '999999999999'::bigint))));
ALTER TABLE variant ADD CONSTRAINT variant_cost_currency_check CHECK ((cost_currency = ANY (ARRAY['USD'::text, 'EUR'::text, 'JPY'::text])));
ALTER TABLE variant ADD CONSTRAINT variant_id_check CHECK ((id ~~ 'var\_%'::text));
ALTER TABLE variant ADD CONSTRAINT variant_options_check CHECK (((jsonb_typeof(options) = 'array'::text) AND (jsonb_array_length(options) <= 5)));
ALTER TABLE variant ADD CONSTRAINT variant_position_check CHECK (("position" >= 0));
ALTER TABLE variant ADD CONSTRAINT variant_sku_check CHECK (((sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'::text) AND (length(sku) <= 40)));
ALTER TABLE variant ADD CONSTRAINT variant_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)));
ALTER TABLE variant ADD CONSTRAINT variant_weight_grams_check CHECK (((weight_grams >= 1) AND (weight_grams <= 100000)));
ALTER TABLE variant_price ADD CONSTRAINT variant_price_amount_check CHECK (((amount_minor >= 1) AND (amount_minor <= '999999999999'::bigint)));
ALTER TABLE variant_price ADD CONSTRAINT variant_price_compare_at_check CHECK (((compare_at_minor > amount_minor) AND (compare_at_minor <= '999999999999'::bigint)));
ALTER TABLE variant_price ADD CONSTRAINT variant_price_currency_code_check CHECK ((currency_code = ANY (ARRAY['USD'::text, 'EUR'::text, 'JPY'::text])));
ALTER TABLE product ALTER COLUMN title TYPE text COLLATE "und-x-icu";
CREATE OR REPLACE FUNCTION public.price_range_follows_prices()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.price_range_follows_product()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE "price_range" SET "status" = NEW."status", "category_id" = NEW."category_id" WHERE "product_id" = NEW."id";
  RETURN NULL;
END $function$
;
CREATE TRIGGER price_range_follows_changed_prices AFTER UPDATE ON public.variant_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION price_range_follows_prices();
CREATE TRIGGER price_range_follows_new_prices AFTER INSERT ON public.variant_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION price_range_follows_prices();
CREATE TRIGGER price_range_follows_product AFTER UPDATE OF status, category_id ON public.product FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.category_id IS DISTINCT FROM new.category_id))) EXECUTE FUNCTION price_range_follows_product();
