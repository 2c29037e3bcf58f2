-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE cart ADD CONSTRAINT cart_claimed_check CHECK (((claimed_by IS NOT NULL) = (state = 'CLAIMED'::cart_state)));
ALTER TABLE cart ADD CONSTRAINT cart_version_check CHECK ((version >= 1));
ALTER TABLE cart_line ADD CONSTRAINT cart_line_quantity_check CHECK (((quantity >= 1) AND (quantity <= 99)));
ALTER TABLE cart_line ADD CONSTRAINT cart_line_seen_minor_check CHECK ((seen_minor >= 0));
ALTER TABLE cart_line ADD CONSTRAINT cart_line_short_check CHECK ((((short_available IS NULL) = (short_sequence IS NULL)) AND (short_available >= 0)));
ALTER TABLE coupon ADD CONSTRAINT coupon_basis_points_check CHECK (((basis_points >= 1) AND (basis_points <= 10000)));
ALTER TABLE coupon ADD CONSTRAINT coupon_code_check CHECK ((code ~ '^[A-Z0-9-]{3,32}$'::text));
ALTER TABLE coupon ADD CONSTRAINT coupon_expires_at_check CHECK (((expires_at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at <= '9999-12-31 23:59:59.999+00'::timestamp with time zone)));
ALTER TABLE coupon ADD CONSTRAINT coupon_starts_at_check CHECK (((starts_at >= '0001-01-01 00:00:00+00'::timestamp with time zone) AND (starts_at <= '9999-12-31 23:59:59.999+00'::timestamp with time zone)));
ALTER TABLE coupon ADD CONSTRAINT coupon_times_check CHECK ((expires_at > starts_at));
ALTER TABLE coupon ADD CONSTRAINT coupon_times_used_check CHECK (((times_used >= 0) AND ((usage_limit IS NULL) OR (times_used <= usage_limit))));
ALTER TABLE coupon ADD CONSTRAINT coupon_usage_limit_check CHECK ((usage_limit >= 1));
ALTER TABLE coupon ADD CONSTRAINT coupon_usage_limit_per_customer_check CHECK ((usage_limit_per_customer >= 1));
ALTER TABLE coupon ADD CONSTRAINT coupon_version_check CHECK ((version >= 1));
ALTER TABLE coupon_amount ADD CONSTRAINT coupon_amount_minimum_minor_check CHECK ((minimum_minor > 0));
ALTER TABLE coupon_amount ADD CONSTRAINT coupon_amount_off_minor_check CHECK ((off_minor > 0));
ALTER TABLE coupon_amount ADD CONSTRAINT coupon_amount_some_check CHECK (((off_minor IS NOT NULL) OR (minimum_minor IS NOT NULL)));
ALTER TABLE customer_address ADD CONSTRAINT customer_address_whole_check CHECK ((removed OR ((recipient IS NOT NULL) AND (line1 IS NOT NULL) AND (city IS NOT NULL) AND (postal_code IS NOT NULL) AND (country_code IS NOT NULL))));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE invoice ADD CONSTRAINT invoice_amount_check CHECK ((amount_minor > 0));
ALTER TABLE invoice ADD CONSTRAINT invoice_number_check CHECK ((((year IS NULL) = (serial IS NULL)) AND (serial >= 1)));
ALTER TABLE known_variant ADD CONSTRAINT known_variant_weight_check CHECK ((weight_grams >= 0));
ALTER TABLE order_claim ADD CONSTRAINT order_claim_amount_check CHECK (((amount_minor >= 0) AND (refund_try >= 1)));
ALTER TABLE order_claim ADD CONSTRAINT order_claim_covered_check CHECK ((covered_minor >= 0));
ALTER TABLE order_claim ADD CONSTRAINT order_claim_reversals_check CHECK ((reversals >= 0));
ALTER TABLE order_line ADD CONSTRAINT order_line_amounts_check CHECK (((unit_minor >= 0) AND ((discount_minor >= 0) AND (discount_minor <= (unit_minor * quantity)))));
ALTER TABLE order_line ADD CONSTRAINT order_line_quantity_check CHECK (((quantity >= 1) AND (quantity <= 99)));
ALTER TABLE order_line ADD CONSTRAINT order_line_tax_check CHECK (((tax_minor >= 0) AND ((included_tax_minor >= 0) AND (included_tax_minor <= ((unit_minor * quantity) - discount_minor))) AND ((tax_minor = 0) OR (included_tax_minor = 0)) AND ((tax_ppm >= 0) AND (tax_ppm <= 1000000))));
ALTER TABLE order_status_change ADD CONSTRAINT order_status_change_first_check CHECK (((version = 1) = (from_status IS NULL)));
ALTER TABLE order_status_change ADD CONSTRAINT order_status_change_moves_check CHECK ((from_status <> to_status));
ALTER TABLE orders ADD CONSTRAINT orders_amounts_check CHECK (((LEAST(subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor) >= 0) AND (discount_minor <= subtotal_minor)));
ALTER TABLE orders ADD CONSTRAINT orders_cancel_reason_check CHECK (((cancel_reason IS NOT NULL) = (status = ANY (ARRAY['CANCELLING'::order_status, 'CANCELLED'::order_status]))));
ALTER TABLE orders ADD CONSTRAINT orders_coupon_check CHECK (((discount_minor = 0) OR (coupon_code IS NOT NULL)));
ALTER TABLE orders ADD CONSTRAINT orders_credited_check CHECK ((credited_minor >= 0));
ALTER TABLE orders ADD CONSTRAINT orders_due_check CHECK (((due_at IS NOT NULL) OR ((step)::text = ANY (ARRAY['DELIVERING'::text, 'DONE'::text])) OR (((step)::text = 'UNDOING'::text) AND (undo_stock IS NULL) AND (undo_payment = 'REFUND'::text))));
ALTER TABLE orders ADD CONSTRAINT orders_number_check CHECK ((number ~ '^A-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'::text));
ALTER TABLE orders ADD CONSTRAINT orders_owner_check CHECK (((customer_id IS NOT NULL) OR ((email IS NOT NULL) AND (guest_secret_hash IS NOT NULL))));
ALTER TABLE orders ADD CONSTRAINT orders_parcels_check CHECK (((parcel_count >= 0) AND (refund_try >= 1)));
ALTER TABLE orders ADD CONSTRAINT orders_pay_until_check CHECK ((((step)::text = ANY (ARRAY['CHOOSING_PAYMENT'::text, 'AUTHORIZING'::text])) <= (pay_until IS NOT NULL)));
ALTER TABLE orders ADD CONSTRAINT orders_rate_check CHECK ((((ship_rate_id IS NULL) = (ship_carrier IS NULL)) AND ((ship_rate_id IS NULL) = (ship_service IS NULL))));
ALTER TABLE orders ADD CONSTRAINT orders_refunded_check CHECK (((0 <= refunded_minor) AND (refunded_minor <= captured_minor) AND (captured_minor <= total_minor)));
ALTER TABLE orders ADD CONSTRAINT orders_reservation_check CHECK ((((step)::text <> ALL (ARRAY['CHOOSING_PAYMENT'::text, 'AUTHORIZING'::text, 'COMMITTING_STOCK'::text])) OR (reservation_id IS NOT NULL)));
ALTER TABLE orders ADD CONSTRAINT orders_reversed_check CHECK ((reversed_minor >= 0));
ALTER TABLE orders ADD CONSTRAINT orders_step_check CHECK (
CASE status
    WHEN 'PENDING'::order_status THEN ((step)::text = ANY (ARRAY['RESERVING'::text, 'COMMITTING_STOCK'::text]))
    WHEN 'AWAITING_PAYMENT'::order_status THEN ((step)::text = ANY (ARRAY['CHOOSING_PAYMENT'::text, 'AUTHORIZING'::text, 'COMMITTING_STOCK'::text, 'CAPTURING'::text]))
    WHEN 'CONFIRMED'::order_status THEN ((step)::text = ANY (ARRAY['ARRANGING'::text, 'DONE'::text]))
    WHEN 'FULFILLING'::order_status THEN ((step)::text = ANY (ARRAY['DELIVERING'::text, 'DONE'::text]))
    WHEN 'SHIPPED'::order_status THEN ((step)::text = ANY (ARRAY['DELIVERING'::text, 'DONE'::text]))
    WHEN 'CANCELLING'::order_status THEN ((step)::text = ANY (ARRAY['RELEASING'::text, 'RECALLING'::text, 'UNDOING'::text]))
    ELSE ((step)::text = 'DONE'::text)
END);
ALTER TABLE orders ADD CONSTRAINT orders_tax_check CHECK (((LEAST(shipping_tax_minor, included_tax_minor, shipping_included_tax_minor) >= 0) AND (shipping_tax_minor <= tax_minor) AND (shipping_included_tax_minor <= included_tax_minor) AND (shipping_included_tax_minor <= shipping_minor)));
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK ((total_minor = (((subtotal_minor - discount_minor) + shipping_minor) + tax_minor)));
ALTER TABLE orders ADD CONSTRAINT orders_undo_check CHECK (((((step)::text = 'UNDOING'::text) = ((undo_stock IS NOT NULL) OR (undo_payment IS NOT NULL))) AND (undo_stock = ANY (ARRAY['RELEASE'::text, 'RESTOCK'::text])) AND (undo_payment = ANY (ARRAY['VOID'::text, 'REFUND'::text])) AND (NOT ((undo_stock = 'RELEASE'::text) AND (undo_payment = 'REFUND'::text)))));
ALTER TABLE orders ADD CONSTRAINT orders_version_check CHECK ((version >= 1));
ALTER TABLE tax_assignment ADD CONSTRAINT tax_assignment_category_check CHECK (((category ~ '^[A-Z][A-Z0-9_]{0,31}$'::text) AND (version >= 1)));
ALTER TABLE tax_country ADD CONSTRAINT tax_country_code_check CHECK (((country_code ~ '^[A-Z]{2}$'::text) AND (version >= 1)));
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_category_check CHECK ((category ~ '^[A-Z][A-Z0-9_]{0,31}$'::text));
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_ppm_check CHECK ((((ppm >= 0) AND (ppm <= 1000000)) AND (version >= 1)));
ALTER TABLE variant_price ADD CONSTRAINT variant_price_minor_check CHECK ((minor >= 0));
