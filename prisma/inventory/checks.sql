-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE low_stock_alert ADD CONSTRAINT low_stock_alert_acknowledged_check CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL)));
ALTER TABLE low_stock_alert ADD CONSTRAINT low_stock_alert_low_check CHECK (((available_quantity >= 0) AND (available_quantity <= reorder_point)));
ALTER TABLE reservation ADD CONSTRAINT reservation_held_check CHECK (
CASE status
    WHEN 'REJECTED'::reservation_status THEN (expires_at IS NULL)
    WHEN 'RELEASED'::reservation_status THEN true
    ELSE (expires_at IS NOT NULL)
END);
ALTER TABLE reservation ADD CONSTRAINT reservation_shortages_check CHECK (((status = 'REJECTED'::reservation_status) = (shortages IS NOT NULL)));
ALTER TABLE reservation ADD CONSTRAINT reservation_version_check CHECK ((version >= 1));
ALTER TABLE reservation_line ADD CONSTRAINT reservation_line_quantity_check CHECK ((quantity > 0));
ALTER TABLE reservation_line ADD CONSTRAINT reservation_line_restocked_check CHECK (((restocked >= 0) AND (restocked <= quantity)));
ALTER TABLE stock_level ADD CONSTRAINT stock_level_incoming_check CHECK ((incoming >= 0));
ALTER TABLE stock_level ADD CONSTRAINT stock_level_no_oversell_check CHECK (((reserved >= 0) AND (on_hand >= reserved)));
ALTER TABLE stock_level ADD CONSTRAINT stock_level_reorder_point_check CHECK ((reorder_point >= 0));
ALTER TABLE stock_level ADD CONSTRAINT stock_level_version_check CHECK ((version >= 1));
ALTER TABLE stock_movement ADD CONSTRAINT stock_movement_cause_check CHECK (((order_id IS NOT NULL) = (kind = ANY (ARRAY['RESERVED'::stock_movement_kind, 'RELEASED'::stock_movement_kind, 'EXPIRED'::stock_movement_kind, 'COMMITTED'::stock_movement_kind, 'RESTOCKED'::stock_movement_kind]))));
ALTER TABLE stock_movement ADD CONSTRAINT stock_movement_delta_check CHECK (((on_hand_delta <> 0) OR (reserved_delta <> 0)));
ALTER TABLE stock_movement ADD CONSTRAINT stock_movement_result_check CHECK (((reserved >= 0) AND (on_hand >= reserved)));
ALTER TABLE variant ADD CONSTRAINT variant_availability_check CHECK (
CASE availability_status
    WHEN 'IN_STOCK'::availability_status THEN ((available_quantity >= 6) AND (available_quantity <= 20))
    WHEN 'LOW_STOCK'::availability_status THEN ((available_quantity >= 1) AND (available_quantity <= 5))
    ELSE (available_quantity = 0)
END);
ALTER TABLE warehouse ADD CONSTRAINT warehouse_code_check CHECK ((code ~ '^[A-Z0-9-]{2,16}$'::text));
ALTER TABLE warehouse ADD CONSTRAINT warehouse_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE stock_level SET (fillfactor=80);
ALTER TABLE variant SET (fillfactor=80);
