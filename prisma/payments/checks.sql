-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE gateway_call ADD CONSTRAINT gateway_call_refund_check CHECK (((kind = 'REFUND'::gateway_call_kind) = (refund_id IS NOT NULL)));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE payment ADD CONSTRAINT payment_amounts_check CHECK (((0 <= refunded_minor) AND (refunded_minor <= refunding_minor) AND (refunding_minor <= captured_minor) AND (captured_minor <= authorized_minor) AND (authorized_minor <= amount_minor)));
ALTER TABLE payment ADD CONSTRAINT payment_pending_check CHECK ((pending = ANY (ARRAY['AUTHORIZE'::gateway_call_kind, 'CAPTURE'::gateway_call_kind, 'VOID'::gateway_call_kind])));
ALTER TABLE payment ADD CONSTRAINT payment_reversed_check CHECK ((reversed_minor >= 0));
ALTER TABLE payment ADD CONSTRAINT payment_tombstone_check CHECK (((currency IS NOT NULL) OR ((amount_minor = 0) AND (status = 'VOIDED'::payment_status))));
ALTER TABLE payment ADD CONSTRAINT payment_version_check CHECK ((version >= 1));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_default_check CHECK (((NOT is_default) OR ((customer_id IS NOT NULL) AND (removed_at IS NULL))));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_exp_month_check CHECK (((exp_month >= 1) AND (exp_month <= 12)));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_kind_check CHECK ((((kind = 'CARD'::payment_method_kind) AND (brand IS NOT NULL) AND (last4 IS NOT NULL) AND (exp_month IS NOT NULL) AND (exp_year IS NOT NULL) AND (provider IS NULL) AND (account IS NULL)) OR ((kind = 'WALLET'::payment_method_kind) AND (provider IS NOT NULL) AND (account IS NOT NULL) AND (brand IS NULL) AND (last4 IS NULL) AND (exp_month IS NULL) AND (exp_year IS NULL))));
ALTER TABLE payment_method ADD CONSTRAINT payment_method_last4_check CHECK ((last4 ~ '^[0-9]{4}$'::text));
ALTER TABLE refund ADD CONSTRAINT refund_amount_check CHECK ((amount_minor > 0));
ALTER TABLE refund ADD CONSTRAINT refund_settled_check CHECK (((status = 'PENDING'::refund_status) = (settled_at IS NULL)));
