-- A kind of message that a person has turned off for a channel. All others are told.
CREATE TABLE "opt_out" (
  "recipient" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "channel" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "opt_out_pkey" PRIMARY KEY ("recipient", "kind", "channel"),
  CONSTRAINT "opt_out_channel_check" CHECK ("channel" IN ('EMAIL', 'SMS', 'PUSH', 'IN_APP'))
);

-- When an account wants to be left in peace. Its row is the lock of all that the account has chosen.
CREATE TABLE "person_setting" (
  "user_id" TEXT NOT NULL,
  "quiet_from" INTEGER,
  "quiet_until" INTEGER,
  "time_zone" TEXT,
  "version" INTEGER NOT NULL,
  CONSTRAINT "person_setting_pkey" PRIMARY KEY ("user_id"),
  CONSTRAINT "person_setting_quiet_check" CHECK (
    ("quiet_from" IS NULL) = ("quiet_until" IS NULL) AND ("quiet_from" IS NULL) = ("time_zone" IS NULL)
    AND "quiet_from" BETWEEN 0 AND 1439 AND "quiet_until" BETWEEN 0 AND 1439)
);
