CREATE TABLE "audit_entry" (
  "id" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "subject_id" TEXT NOT NULL,
  "before" JSONB,
  "after" JSONB,
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_at_id_idx" ON "audit_entry" ("at", "id");
CREATE INDEX "audit_entry_subject_id_at_id_idx" ON "audit_entry" ("subject_id", "at", "id");

-- The role changes of the past. The previous version goes on writing role_change; a later one copies the rest and drops the table.
INSERT INTO "audit_entry" ("id", "at", "actor_id", "action", "subject_id", "before", "after")
SELECT 'aud_' || overlay(gen_random_uuid()::text PLACING '7' FROM 15), "changed_at", "actor_id",
       CASE WHEN "granted" THEN 'grantRole' ELSE 'revokeRole' END, "user_id",
       CASE WHEN "granted" THEN NULL ELSE jsonb_build_object('role', "role") END,
       CASE WHEN "granted" THEN jsonb_build_object('role', "role") END
  FROM "role_change";
