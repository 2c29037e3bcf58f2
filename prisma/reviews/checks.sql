-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE rating_summary ADD CONSTRAINT rating_summary_stars_check CHECK ((LEAST(stars_1, stars_2, stars_3, stars_4, stars_5) >= 0));
ALTER TABLE review ADD CONSTRAINT review_body_check CHECK (((char_length(body) >= 1) AND (char_length(body) <= 5000)));
ALTER TABLE review ADD CONSTRAINT review_helpful_count_check CHECK ((helpful_count >= 0));
ALTER TABLE review ADD CONSTRAINT review_rating_check CHECK (((rating >= 1) AND (rating <= 5)));
ALTER TABLE review ADD CONSTRAINT review_title_check CHECK (((char_length(title) >= 1) AND (char_length(title) <= 120)));
ALTER TABLE review ADD CONSTRAINT review_version_check CHECK ((version >= 1));
