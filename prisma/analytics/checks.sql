-- The CHECK constraints of the tables, which schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE exchange_rate ADD CONSTRAINT exchange_rate_units_check CHECK ((units_per_usd > (0)::numeric));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE refund ADD CONSTRAINT refund_amount_check CHECK ((amount_minor > 0));
ALTER TABLE sale ADD CONSTRAINT sale_amounts_check CHECK (((units >= 0) AND (gross_minor >= discount_minor) AND (discount_minor >= 0) AND (shipping_minor >= 0) AND (tax_minor >= 0)));
ALTER TABLE sale ADD CONSTRAINT sale_status_check CHECK ((status = ANY (ARRAY['CLAIMED'::text, 'OPEN'::text, 'SOLD'::text, 'CANCELLED'::text])));
ALTER TABLE sale_day ADD CONSTRAINT sale_day_order_check CHECK ((start < finish));
ALTER TABLE sale_line ADD CONSTRAINT sale_line_quantity_check CHECK ((quantity > 0));
ALTER TABLE sale_month ADD CONSTRAINT sale_month_order_check CHECK ((start < finish));
