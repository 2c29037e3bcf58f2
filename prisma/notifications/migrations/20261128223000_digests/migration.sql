-- AlterTable
ALTER TABLE "person_setting" ADD COLUMN     "digest_hour" INTEGER,
ADD COLUMN     "digest_time_zone" TEXT,
ADD CONSTRAINT "person_setting_digest_check" CHECK (
  ("digest_hour" IS NULL) = ("digest_time_zone" IS NULL) AND "digest_hour" BETWEEN 0 AND 23);

-- CreateTable
CREATE TABLE "staff" (
    "user_id" TEXT NOT NULL,
    "roles" TEXT[],
    "sequence" INTEGER NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "covered_until" TIMESTAMPTZ(3),

    CONSTRAINT "staff_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "digest_item" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "digest_item_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "digest_item_kind_check" CHECK ("kind" IN ('LOW_STOCK', 'TICKET_BREACHED', 'FAILED_JOB'))
);

-- CreateTable
CREATE TABLE "known_variant" (
    "variant_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "known_variant_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
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

-- CreateIndex
CREATE INDEX "staff_next_at_idx" ON "staff"("next_at");

-- CreateIndex
CREATE INDEX "digest_item_kind_noted_at_idx" ON "digest_item"("kind", "noted_at");

-- CreateIndex
CREATE INDEX "digest_item_noted_at_idx" ON "digest_item"("noted_at");

-- CreateIndex
CREATE INDEX "audit_entry_at_id_idx" ON "audit_entry"("at", "id");

-- CreateIndex
CREATE INDEX "audit_entry_subject_id_at_id_idx" ON "audit_entry"("subject_id", "at", "id");

-- CreateIndex
CREATE INDEX "notification_failed_idx" ON "notification"("created_at", "id") WHERE (status = 'FAILED'::text);
