-- Titles sort as people read them, by the root collation of Unicode (UTS 10, CLDR): letters before accents before case.
-- The collation is deterministic, so two titles are equal only when all their bytes are, and pages by title and id are
-- stable. An index under it must be rebuilt when the server's ICU changes: see "A new ICU" in docs/runbook.md.
DROP INDEX "product_status_title_id_idx";
DROP INDEX "product_status_category_id_title_id_idx";
ALTER TABLE "product" ALTER COLUMN "title" TYPE TEXT COLLATE "und-x-icu";
CREATE INDEX "product_status_title_id_idx" ON "product" ("status", "title", "id");
CREATE INDEX "product_status_category_id_title_id_idx" ON "product" ("status", "category_id", "title", "id");
