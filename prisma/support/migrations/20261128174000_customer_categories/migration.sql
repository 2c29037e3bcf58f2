-- All facts of a customer are stored, so that a new rule is evaluated without reading sales again.
ALTER TABLE "customer" ADD COLUMN "categories" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
-- Categories of customers who are known already.
UPDATE "customer" SET "due_at" = LEAST("due_at", CURRENT_TIMESTAMP) WHERE NOT "is_deleted" AND "orders" > 0;
