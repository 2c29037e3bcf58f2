ALTER TABLE "account" ADD COLUMN "email_verified_at" TIMESTAMPTZ(3);

-- A link that was asked for. A timer makes it, so that an answer takes as long for an address without an account.
CREATE TABLE "link_request" (
  "id" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "link_request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "link_request_purpose_check" CHECK ("purpose" IN ('RESET_PASSWORD', 'VERIFY_EMAIL'))
);

-- A link that was made: only the SHA-256 of its token is stored.
CREATE TABLE "link_token" (
  "hash" BYTEA NOT NULL,
  "user_id" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "link_token_pkey" PRIMARY KEY ("hash"),
  CONSTRAINT "link_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);
-- The newest link of a purpose is the only one that works.
CREATE UNIQUE INDEX "link_token_user_id_purpose_key" ON "link_token" ("user_id", "purpose");
CREATE INDEX "link_token_expires_at_idx" ON "link_token" ("expires_at");
