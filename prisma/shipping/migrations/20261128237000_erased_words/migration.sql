-- The audit log keeps no words of a customer, which can be erased only outside of it.
UPDATE "audit_entry" SET "before" = "before" - 'reason' - 'rejection', "after" = "after" - 'reason' - 'rejection'
 WHERE "subject_id" LIKE 'ret\_%' AND ("before" ?| ARRAY['reason', 'rejection'] OR "after" ?| ARRAY['reason', 'rejection']);

-- The data of deleted accounts is erased again: texts of carriers are erased too.
UPDATE "deleted_user" SET "due_at" = now() WHERE "due_at" IS NULL;

-- Calls in a row that the carrier refused.
ALTER TABLE "shipment" ADD COLUMN "refusals" INTEGER NOT NULL DEFAULT 0;
