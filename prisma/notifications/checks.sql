-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE digest_item ADD CONSTRAINT digest_item_kind_check CHECK ((kind = ANY (ARRAY['LOW_STOCK'::text, 'TICKET_BREACHED'::text, 'FAILED_REFUND'::text, 'FAILED_JOB'::text])));
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE notification ADD CONSTRAINT notification_body_check CHECK (((char_length(body) >= 1) AND (char_length(body) <= 2000)));
ALTER TABLE notification ADD CONSTRAINT notification_channel_check CHECK ((channel = ANY (ARRAY['EMAIL'::text, 'SMS'::text, 'PUSH'::text, 'IN_APP'::text])));
ALTER TABLE notification ADD CONSTRAINT notification_status_check CHECK ((status = ANY (ARRAY['QUEUED'::text, 'SENT'::text, 'FAILED'::text, 'SUPPRESSED'::text])));
ALTER TABLE notification ADD CONSTRAINT notification_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)));
ALTER TABLE occasion ADD CONSTRAINT occasion_state_check CHECK ((state = ANY (ARRAY['PENDING'::text, 'DONE'::text, 'DROPPED'::text])));
ALTER TABLE opt_in ADD CONSTRAINT opt_in_channel_check CHECK ((channel = ANY (ARRAY['EMAIL'::text, 'SMS'::text, 'PUSH'::text, 'IN_APP'::text])));
ALTER TABLE opt_out ADD CONSTRAINT opt_out_channel_check CHECK ((channel = ANY (ARRAY['EMAIL'::text, 'SMS'::text, 'PUSH'::text, 'IN_APP'::text])));
ALTER TABLE person_setting ADD CONSTRAINT person_setting_digest_check CHECK ((((digest_hour IS NULL) = (digest_time_zone IS NULL)) AND ((digest_hour >= 0) AND (digest_hour <= 23))));
ALTER TABLE person_setting ADD CONSTRAINT person_setting_quiet_check CHECK ((((quiet_from IS NULL) = (quiet_until IS NULL)) AND ((quiet_from IS NULL) = (time_zone IS NULL)) AND ((quiet_from >= 0) AND (quiet_from <= 1439)) AND ((quiet_until >= 0) AND (quiet_until <= 1439))));
ALTER TABLE phone ADD CONSTRAINT phone_number_check CHECK ((number ~ '^\+[1-9][0-9]{7,14}$'::text));
ALTER TABLE phone_code ADD CONSTRAINT phone_code_tries_left_check CHECK ((tries_left >= 0));
