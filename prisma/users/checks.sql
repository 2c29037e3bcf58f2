-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE account ADD CONSTRAINT account_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 80)));
ALTER TABLE account ADD CONSTRAINT account_email_check CHECK (((email = lower(email)) AND ((char_length(email) >= 3) AND (char_length(email) <= 254))));
ALTER TABLE account ADD CONSTRAINT account_roles_check CHECK (('CUSTOMER'::role = ANY (roles)));
ALTER TABLE account ADD CONSTRAINT account_version_check CHECK ((version >= 1));
ALTER TABLE address ADD CONSTRAINT address_city_check CHECK (((char_length(city) >= 1) AND (char_length(city) <= 100)));
ALTER TABLE address ADD CONSTRAINT address_country_code_check CHECK ((country_code ~ '^[A-Z]{2}$'::text));
ALTER TABLE address ADD CONSTRAINT address_line1_check CHECK (((char_length(line1) >= 1) AND (char_length(line1) <= 100)));
ALTER TABLE address ADD CONSTRAINT address_line2_check CHECK (((char_length(line2) >= 1) AND (char_length(line2) <= 100)));
ALTER TABLE address ADD CONSTRAINT address_postal_code_check CHECK (((char_length(postal_code) >= 1) AND (char_length(postal_code) <= 16)));
ALTER TABLE address ADD CONSTRAINT address_recipient_check CHECK (((char_length(recipient) >= 1) AND (char_length(recipient) <= 100)));
ALTER TABLE address ADD CONSTRAINT address_region_check CHECK (((char_length(region) >= 1) AND (char_length(region) <= 100)));
ALTER TABLE address ADD CONSTRAINT address_version_check CHECK ((version >= 1));
ALTER TABLE credential ADD CONSTRAINT credential_password_hash_check CHECK ((password_hash ~~ '$argon2id$v=19$%'::text));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE link_request ADD CONSTRAINT link_request_purpose_check CHECK ((purpose = ANY (ARRAY['RESET_PASSWORD'::text, 'VERIFY_EMAIL'::text, 'CHANGE_EMAIL'::text])));
ALTER TABLE link_request ADD CONSTRAINT link_request_user_id_check CHECK (((user_id IS NOT NULL) = (purpose = 'CHANGE_EMAIL'::text)));
ALTER TABLE refresh_token ADD CONSTRAINT refresh_token_consumed_check CHECK (((consumed_at IS NULL) = (sealed_successor IS NULL)));
ALTER TABLE refresh_token ADD CONSTRAINT refresh_token_hash_check CHECK ((octet_length(hash) = 32));
ALTER TABLE session ADD CONSTRAINT session_end_check CHECK (((ended_at IS NULL) = (ended_by IS NULL)));
ALTER TABLE session ADD CONSTRAINT session_times_check CHECK (((created_at <= last_used_at) AND (last_used_at < expires_at)));
ALTER TABLE signing_key ADD CONSTRAINT signing_key_public_jwk_check CHECK ((NOT (public_jwk ? 'd'::text)));
ALTER TABLE signing_key ADD CONSTRAINT signing_key_times_check CHECK (
CASE status
    WHEN 'NEXT'::signing_key_status THEN ((activated_at IS NULL) AND (retired_at IS NULL))
    WHEN 'CURRENT'::signing_key_status THEN ((activated_at IS NOT NULL) AND (retired_at IS NULL))
    ELSE ((activated_at IS NOT NULL) AND (retired_at IS NOT NULL))
END);
