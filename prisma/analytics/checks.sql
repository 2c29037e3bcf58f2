-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE exchange_rate ADD CONSTRAINT exchange_rate_units_check CHECK ((units_per_usd > (0)::numeric));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE refund ADD CONSTRAINT refund_amount_check CHECK ((amount_minor > 0));
ALTER TABLE sale ADD CONSTRAINT sale_amounts_check CHECK (((units >= 0) AND (gross_minor >= discount_minor) AND (discount_minor >= 0) AND (shipping_minor >= 0) AND (tax_minor >= 0)));
ALTER TABLE sale ADD CONSTRAINT sale_status_check CHECK ((status = ANY (ARRAY['CLAIMED'::text, 'OPEN'::text, 'SOLD'::text, 'CANCELLED'::text])));
ALTER TABLE sale_day ADD CONSTRAINT sale_day_order_check CHECK ((start < finish));
ALTER TABLE sale_line ADD CONSTRAINT sale_line_quantity_check CHECK ((quantity > 0));
ALTER TABLE sale_month ADD CONSTRAINT sale_month_order_check CHECK ((start < finish));
CREATE OR REPLACE FUNCTION public.note_line_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
  INSERT INTO "sale_change" ("at")
  SELECT DISTINCT s."placed_at" FROM "changed" c JOIN "sale" s USING ("order_id") WHERE s."status" = 'SOLD';
  RETURN NULL;
END $function$
;
CREATE OR REPLACE FUNCTION public.note_rate_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
  INSERT INTO "sale_change_since" ("since")
  SELECT min(CASE WHEN EXISTS (SELECT 1 FROM "exchange_rate" e WHERE e."currency" = c."currency" AND e."valid_from" < c."valid_from")
             THEN c."valid_from" ELSE '-infinity' END)
    FROM "changed" c HAVING count(*) > 0;
  RETURN NULL;
END $function$
;
CREATE OR REPLACE FUNCTION public.note_refund_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
  INSERT INTO "sale_change" ("at") SELECT DISTINCT "at" FROM "changed";
  RETURN NULL;
END $function$
;
CREATE OR REPLACE FUNCTION public.note_sale_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
  INSERT INTO "sale_change" ("at", "buyer")
  SELECT DISTINCT "placed_at", CASE WHEN "status" IN ('SOLD', 'CANCELLED') THEN "buyer" END FROM "changed" WHERE "status" <> 'CLAIMED'
  UNION
  SELECT r."at", NULL FROM "changed" c JOIN "refund" r USING ("order_id");
  RETURN NULL;
END $function$
;
CREATE OR REPLACE FUNCTION public.note_truncation()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO '$user', 'public'
AS $function$
BEGIN
  INSERT INTO "sale_change_since" ("since") VALUES ('-infinity');
  RETURN NULL;
END $function$
;
CREATE TRIGGER exchange_rate_deleted AFTER DELETE ON public.exchange_rate REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_rate_change();
CREATE TRIGGER exchange_rate_inserted AFTER INSERT ON public.exchange_rate REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_rate_change();
CREATE TRIGGER exchange_rate_truncated AFTER TRUNCATE ON public.exchange_rate FOR EACH STATEMENT EXECUTE FUNCTION note_truncation();
CREATE TRIGGER exchange_rate_updated AFTER UPDATE ON public.exchange_rate REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_rate_change();
CREATE TRIGGER refund_deleted AFTER DELETE ON public.refund REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_refund_change();
CREATE TRIGGER refund_inserted AFTER INSERT ON public.refund REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_refund_change();
CREATE TRIGGER refund_truncated AFTER TRUNCATE ON public.refund FOR EACH STATEMENT EXECUTE FUNCTION note_truncation();
CREATE TRIGGER sale_deleted AFTER DELETE ON public.sale REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_sale_change();
CREATE TRIGGER sale_inserted AFTER INSERT ON public.sale REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_sale_change();
CREATE TRIGGER sale_line_deleted AFTER DELETE ON public.sale_line REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_line_change();
CREATE TRIGGER sale_line_inserted AFTER INSERT ON public.sale_line REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_line_change();
CREATE TRIGGER sale_line_truncated AFTER TRUNCATE ON public.sale_line FOR EACH STATEMENT EXECUTE FUNCTION note_truncation();
CREATE TRIGGER sale_truncated AFTER TRUNCATE ON public.sale FOR EACH STATEMENT EXECUTE FUNCTION note_truncation();
CREATE TRIGGER sale_updated_from AFTER UPDATE ON public.sale REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_sale_change();
CREATE TRIGGER sale_updated_to AFTER UPDATE ON public.sale REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_sale_change();
