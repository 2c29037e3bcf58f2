-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE known_product ADD CONSTRAINT known_product_status_check CHECK ((status = ANY (ARRAY['UNKNOWN'::text, 'DRAFT'::text, 'ACTIVE'::text, 'ARCHIVED'::text])));
ALTER TABLE neighbour_list ADD CONSTRAINT neighbour_list_kind_check CHECK ((kind = ANY (ARRAY['ORDER'::text, 'BUYER'::text, 'VIEW'::text])));
ALTER TABLE neighbour_list ADD CONSTRAINT neighbour_list_scores_check CHECK (((cardinality(others) = cardinality(scores)) AND ((cardinality(others) >= 1) AND (cardinality(others) <= 50))));
ALTER TABLE stale_product ADD CONSTRAINT stale_product_source_check CHECK ((source = ANY (ARRAY['PURCHASE'::text, 'VIEW'::text])));
ALTER TABLE known_order ALTER COLUMN buyer_id TYPE text COLLATE "C";
ALTER TABLE known_order ALTER COLUMN order_id TYPE text COLLATE "C";
ALTER TABLE known_product ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE known_variant ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE known_variant ALTER COLUMN variant_id TYPE text COLLATE "C";
ALTER TABLE neighbour_list ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE product_view ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE product_view ALTER COLUMN session TYPE text COLLATE "C";
ALTER TABLE purchase ALTER COLUMN buyer_id TYPE text COLLATE "C";
ALTER TABLE purchase ALTER COLUMN order_id TYPE text COLLATE "C";
ALTER TABLE purchase ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE stale_product ALTER COLUMN product_id TYPE text COLLATE "C";
