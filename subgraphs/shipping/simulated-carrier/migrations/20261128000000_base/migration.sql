-- What a carrier knows of parcels. `label.key` is the caller's idempotency key; a refusal is kept under it too.
CREATE TABLE "label" (
  "id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "reference" TEXT NOT NULL,
  "tracking_number" TEXT NOT NULL,
  "behaviour" TEXT NOT NULL,
  "refusal" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "voided_at" TIMESTAMPTZ(3),
  CONSTRAINT "label_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "label_key_key" ON "label" ("key");

-- The whole journey is planned with the label; a scan has happened when its time has come.
CREATE TABLE "scan" (
  "label_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "status" TEXT NOT NULL,
  "location" TEXT,
  "description" TEXT NOT NULL,
  CONSTRAINT "scan_pkey" PRIMARY KEY ("label_id", "position"),
  CONSTRAINT "scan_label_id_fkey" FOREIGN KEY ("label_id") REFERENCES "label" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

-- What the shop is still to be told.
CREATE TABLE "webhook" (
  "id" BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
  "label_id" TEXT NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "delivered_at" TIMESTAMPTZ(3),
  CONSTRAINT "webhook_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "webhook_label_id_fkey" FOREIGN KEY ("label_id") REFERENCES "label" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "webhook_due_idx" ON "webhook" ("due_at") WHERE "delivered_at" IS NULL;

-- How often a key was sent: some test parcels fail the first times.
CREATE TABLE "asked" (
  "key" TEXT NOT NULL,
  "times" INTEGER NOT NULL,
  CONSTRAINT "asked_pkey" PRIMARY KEY ("key")
);

-- One row: how fast time runs, and what goes wrong on purpose.
CREATE TABLE "world" (
  "one" BOOLEAN NOT NULL DEFAULT true,
  "speed" INTEGER NOT NULL,
  "faults" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "world_pkey" PRIMARY KEY ("one"),
  CONSTRAINT "world_one_check" CHECK ("one")
);
