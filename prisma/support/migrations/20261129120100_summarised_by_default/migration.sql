-- A process of the version before writes orders without this time: the address of its guest would never be erased.
ALTER TABLE "known_order" ALTER COLUMN "summarised_at" SET DEFAULT CURRENT_TIMESTAMP;
UPDATE "known_order" SET "summarised_at" = CURRENT_TIMESTAMP WHERE "email" IS NOT NULL AND "summarised_at" IS NULL;
