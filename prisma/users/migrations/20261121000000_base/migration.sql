-- What every subgraph's database holds for messages and idempotency; the same text opens each first migration.
CREATE TABLE "outbox_message" (
  "id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "data" JSONB NOT NULL,
  "time" TIMESTAMPTZ(3) NOT NULL,
  "correlation_id" TEXT NOT NULL,
  "causation_id" TEXT,
  "traceparent" TEXT,
  "published_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_error" TEXT,
  CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);
-- The relay reads only what waits; a published row leaves this index.
CREATE INDEX "outbox_message_waiting_idx" ON "outbox_message" ("available_at") WHERE "published_at" IS NULL;

CREATE TABLE "inbox_message" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "handled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "inbox_message_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "dead_letter" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "envelope" JSONB NOT NULL,
  "error" TEXT NOT NULL,
  "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "idempotency_record" (
  "principal" TEXT NOT NULL,
  "mutation" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "response" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("principal", "mutation", "key"),
  CONSTRAINT "idempotency_record_key_check" CHECK (length("key") BETWEEN 1 AND 200)
);

CREATE TYPE "role" AS ENUM ('CUSTOMER', 'SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ADMIN');
CREATE TYPE "session_end" AS ENUM ('SIGN_OUT', 'SIGN_OUT_EVERYWHERE', 'REFRESH_REPLAY');
CREATE TYPE "signing_key_status" AS ENUM ('NEXT', 'CURRENT', 'RETIRED');

CREATE TABLE "account" (
  "id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "display_name" TEXT NOT NULL,
  "roles" "role"[] NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "account_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "account_email_check" CHECK ("email" = lower("email") AND char_length("email") BETWEEN 3 AND 254),
  CONSTRAINT "account_display_name_check" CHECK (char_length("display_name") BETWEEN 1 AND 80),
  CONSTRAINT "account_roles_check" CHECK ('CUSTOMER' = ANY ("roles")),
  CONSTRAINT "account_version_check" CHECK ("version" >= 1)
);
-- One account per address, whatever races.
CREATE UNIQUE INDEX "account_email_key" ON "account" ("email");
-- users(first, after): newest first, read backwards.
CREATE INDEX "account_created_at_id_idx" ON "account" ("created_at", "id");
-- Counting administrators: partial, so that it stays as small as the staff. Prisma's schema language cannot say so.
CREATE INDEX "account_administrator_idx" ON "account" ("id") WHERE 'ADMIN' = ANY ("roles");

CREATE TABLE "credential" (
  "user_id" TEXT NOT NULL,
  "password_hash" TEXT NOT NULL,
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "credential_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "credential_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "credential_password_hash_check" CHECK ("password_hash" LIKE '$argon2id$v=19$%')
);

CREATE TABLE "role_change" (
  "user_id" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "role" "role" NOT NULL,
  "granted" BOOLEAN NOT NULL,
  "actor_id" TEXT NOT NULL,
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "role_change_pkey" PRIMARY KEY ("user_id", "version"),
  CONSTRAINT "role_change_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE TABLE "address" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "recipient" TEXT NOT NULL,
  "line1" TEXT NOT NULL,
  "line2" TEXT,
  "city" TEXT NOT NULL,
  "region" TEXT,
  "postal_code" TEXT NOT NULL,
  "country_code" TEXT NOT NULL,
  "is_default" BOOLEAN NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "address_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "address_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "address_recipient_check" CHECK (char_length("recipient") BETWEEN 1 AND 100),
  CONSTRAINT "address_line1_check" CHECK (char_length("line1") BETWEEN 1 AND 100),
  CONSTRAINT "address_line2_check" CHECK (char_length("line2") BETWEEN 1 AND 100),
  CONSTRAINT "address_city_check" CHECK (char_length("city") BETWEEN 1 AND 100),
  CONSTRAINT "address_region_check" CHECK (char_length("region") BETWEEN 1 AND 100),
  CONSTRAINT "address_postal_code_check" CHECK (char_length("postal_code") BETWEEN 1 AND 16),
  CONSTRAINT "address_country_code_check" CHECK ("country_code" ~ '^[A-Z]{2}$'),
  CONSTRAINT "address_version_check" CHECK ("version" >= 1)
);
CREATE INDEX "address_user_id_created_at_id_idx" ON "address" ("user_id", "created_at", "id");
-- At most one default per account. Prisma's schema language has no partial unique index.
CREATE UNIQUE INDEX "address_default_key" ON "address" ("user_id") WHERE "is_default";

CREATE TABLE "session" (
  "id" TEXT NOT NULL,
  "user_id" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "ended_by" "session_end",
  CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "session_times_check" CHECK ("created_at" <= "last_used_at" AND "last_used_at" < "expires_at"),
  CONSTRAINT "session_end_check" CHECK (("ended_at" IS NULL) = ("ended_by" IS NULL))
);
CREATE INDEX "session_user_id_last_used_at_idx" ON "session" ("user_id", "last_used_at");
CREATE INDEX "session_expires_at_idx" ON "session" ("expires_at");

CREATE TABLE "refresh_token" (
  "hash" BYTEA NOT NULL,
  "session_id" TEXT NOT NULL,
  "issued_at" TIMESTAMPTZ(3) NOT NULL,
  "consumed_at" TIMESTAMPTZ(3),
  "sealed_successor" BYTEA,
  CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash"),
  CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT "refresh_token_hash_check" CHECK (octet_length("hash") = 32),
  CONSTRAINT "refresh_token_consumed_check" CHECK (("consumed_at" IS NULL) = ("sealed_successor" IS NULL))
);
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token" ("session_id");
CREATE INDEX "refresh_token_consumed_at_idx" ON "refresh_token" ("consumed_at");
-- A family has one token in force.
CREATE UNIQUE INDEX "refresh_token_in_force_key" ON "refresh_token" ("session_id") WHERE "consumed_at" IS NULL;

CREATE TABLE "throttle" (
  "key" TEXT NOT NULL,
  "empty_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "throttle_empty_at_idx" ON "throttle" ("empty_at");

CREATE TABLE "signing_key" (
  "kid" TEXT NOT NULL,
  "status" "signing_key_status" NOT NULL,
  "public_jwk" JSONB NOT NULL,
  "sealed_private_key" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "activated_at" TIMESTAMPTZ(3),
  "retired_at" TIMESTAMPTZ(3),
  CONSTRAINT "signing_key_pkey" PRIMARY KEY ("kid"),
  CONSTRAINT "signing_key_times_check" CHECK (
    CASE "status"
      WHEN 'NEXT' THEN "activated_at" IS NULL AND "retired_at" IS NULL
      WHEN 'CURRENT' THEN "activated_at" IS NOT NULL AND "retired_at" IS NULL
      ELSE "activated_at" IS NOT NULL AND "retired_at" IS NOT NULL
    END
  ),
  -- The private half never lies here in the clear: `d` is its member of a JWK (RFC 8037).
  CONSTRAINT "signing_key_public_jwk_check" CHECK (NOT "public_jwk" ? 'd')
);
-- One key signs, one waits.
CREATE UNIQUE INDEX "signing_key_live_key" ON "signing_key" ("status") WHERE "status" <> 'RETIRED';
