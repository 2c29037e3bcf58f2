-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE rate ADD CONSTRAINT rate_estimated_days_check CHECK (((estimated_days >= 1) AND (estimated_days <= 90)));
ALTER TABLE rate ADD CONSTRAINT rate_price_minor_check CHECK (((price_minor >= 0) AND (price_minor <= '999999999999'::bigint)));
ALTER TABLE rate ADD CONSTRAINT rate_up_to_grams_check CHECK (((up_to_grams >= 1) AND (up_to_grams <= 1000000000)));
ALTER TABLE return_line ADD CONSTRAINT return_line_quantity_check CHECK (((quantity >= 1) AND ((received_quantity >= 0) AND (received_quantity <= quantity))));
ALTER TABLE return_line ADD CONSTRAINT return_line_received_check CHECK (((received_quantity IS NULL) = (restock IS NULL)));
ALTER TABLE return_request ADD CONSTRAINT return_request_rejection_check CHECK (((rejection IS NOT NULL) = (status = 'REJECTED'::return_status)));
ALTER TABLE return_request ADD CONSTRAINT return_request_reversals_check CHECK ((reversals >= 0));
ALTER TABLE shipment ADD CONSTRAINT shipment_delivered_check CHECK (((status = 'DELIVERED'::shipment_status) = (delivered_at IS NOT NULL)));
ALTER TABLE shipment ADD CONSTRAINT shipment_dispatched_check CHECK (((dispatched_at IS NOT NULL) OR (status <> ALL (ARRAY['IN_TRANSIT'::shipment_status, 'DELIVERED'::shipment_status, 'RETURNED'::shipment_status]))));
ALTER TABLE shipment ADD CONSTRAINT shipment_failure_check CHECK (((failure IS NOT NULL) = (status = ANY (ARRAY['FAILED'::shipment_status, 'RETURNED'::shipment_status]))));
ALTER TABLE shipment_line ADD CONSTRAINT shipment_line_quantity_check CHECK ((quantity >= 1));
ALTER TABLE zone ADD CONSTRAINT zone_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)));
ALTER TABLE zone_area ADD CONSTRAINT zone_area_country_code_check CHECK ((country_code ~ '^[A-Z]{2}$'::text));
ALTER TABLE zone_area ADD CONSTRAINT zone_area_postal_prefix_check CHECK ((char_length(postal_prefix) <= 16));
