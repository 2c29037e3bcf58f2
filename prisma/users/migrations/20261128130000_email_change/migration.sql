-- A link to an address that is not the account's yet names the account.
ALTER TABLE "link_request" ADD COLUMN "user_id" TEXT;
ALTER TABLE "link_request" DROP CONSTRAINT "link_request_purpose_check";
ALTER TABLE "link_request" ADD CONSTRAINT "link_request_purpose_check"
  CHECK ("purpose" IN ('RESET_PASSWORD', 'VERIFY_EMAIL', 'CHANGE_EMAIL'));
ALTER TABLE "link_request" ADD CONSTRAINT "link_request_user_id_check" CHECK (("user_id" IS NOT NULL) = ("purpose" = 'CHANGE_EMAIL'));

-- An address that an account had. Until it expires, the reader of the link to it may take the account back, and no other account may have it.
CREATE TABLE "past_email" (
  "hash" BYTEA NOT NULL,
  "user_id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "past_email_pkey" PRIMARY KEY ("hash"),
  CONSTRAINT "past_email_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "past_email_email_idx" ON "past_email" ("email");
CREATE INDEX "past_email_user_id_idx" ON "past_email" ("user_id");
CREATE INDEX "past_email_expires_at_idx" ON "past_email" ("expires_at");
