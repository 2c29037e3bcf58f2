-- A network from which an account has signed in, as an HMAC.
CREATE TABLE "known_network" (
  "user_id" TEXT NOT NULL,
  "hash" BYTEA NOT NULL,
  "used_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "known_network_pkey" PRIMARY KEY ("user_id", "hash"),
  CONSTRAINT "known_network_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
);
CREATE INDEX "known_network_used_at_idx" ON "known_network" ("used_at");
