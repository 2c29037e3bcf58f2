-- The CHECK constraints of the tables, which schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE listing ADD CONSTRAINT listing_rating_check CHECK (((rating_average >= (0)::double precision) AND (rating_average <= (5)::double precision)));
ALTER TABLE listing ADD CONSTRAINT listing_status_check CHECK ((status = ANY (ARRAY['UNKNOWN'::text, 'DRAFT'::text, 'ACTIVE'::text, 'ARCHIVED'::text])));
ALTER TABLE query_count ADD CONSTRAINT query_count_query_check CHECK (((char_length(query) >= 1) AND (char_length(query) <= 80)));
