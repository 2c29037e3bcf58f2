-- An address that takes no e-mail.
CREATE TABLE "stopped_address" (
  "address" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "stopped_address_pkey" PRIMARY KEY ("address")
);
CREATE INDEX "stopped_address_since_idx" ON "stopped_address" ("since");
