-- Units that came back of what an order bought, and each return by its id, so that one return is put back once.
ALTER TABLE "reservation_line" ADD COLUMN "restocked" INTEGER NOT NULL DEFAULT 0;
UPDATE "reservation_line" SET "restocked" = "quantity"
  FROM "reservation" WHERE "reservation"."id" = "reservation_id" AND "reservation"."status" = 'RESTOCKED';
ALTER TABLE "reservation_line" ADD CONSTRAINT "reservation_line_restocked_check" CHECK ("restocked" BETWEEN 0 AND "quantity");

CREATE TABLE "restock" (
  "order_id" TEXT NOT NULL,
  "restock_id" TEXT NOT NULL,
  "lines" JSONB NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "restock_pkey" PRIMARY KEY ("order_id", "restock_id")
);

-- Every change that staff made: who, when, what, before and after. Rows are only added. See audit.ts.
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
