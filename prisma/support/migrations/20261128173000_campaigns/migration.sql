CREATE TABLE "campaign" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "segment_id" TEXT NOT NULL,
  "variants" JSONB NOT NULL,
  "link_path" TEXT NOT NULL,
  "coupon_basis_points" INTEGER,
  "coupon_valid_days" INTEGER,
  "control_percent" INTEGER NOT NULL,
  "messages_per_minute" INTEGER NOT NULL,
  "attribution_days" INTEGER NOT NULL,
  "starts_at" TIMESTAMPTZ(3),
  "version" INTEGER NOT NULL,
  "sequence" INTEGER NOT NULL DEFAULT 0,
  "audience_through" TEXT,
  "audience_at" TIMESTAMPTZ(3),
  "due_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "campaign_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "campaign_status_check" CHECK ("status" IN ('DRAFT', 'SCHEDULED', 'SENDING', 'SENT', 'CANCELLED')),
  -- A campaign that has something to do is due, and no other is.
  CONSTRAINT "campaign_due_check" CHECK (("due_at" IS NOT NULL) = ("status" IN ('SCHEDULED', 'SENDING'))),
  CONSTRAINT "campaign_name_check" CHECK (char_length("name") BETWEEN 1 AND 80),
  CONSTRAINT "campaign_link_check" CHECK ("link_path" LIKE '/%' AND "link_path" NOT LIKE '//%'),
  CONSTRAINT "campaign_variants_check" CHECK (jsonb_array_length("variants") BETWEEN 1 AND 2),
  CONSTRAINT "campaign_coupon_check" CHECK (("coupon_basis_points" IS NULL) = ("coupon_valid_days" IS NULL)),
  CONSTRAINT "campaign_control_check" CHECK ("control_percent" BETWEEN 0 AND 90),
  CONSTRAINT "campaign_rate_check" CHECK ("messages_per_minute" BETWEEN 1 AND 6000)
);
CREATE INDEX "campaign_created_at_id_idx" ON "campaign" ("created_at", "id");
CREATE INDEX "campaign_due_idx" ON "campaign" ("due_at") WHERE "due_at" IS NOT NULL;

CREATE TABLE "campaign_recipient" (
  "id" TEXT NOT NULL,
  "campaign_id" TEXT NOT NULL,
  "user_id" TEXT,
  "arm" TEXT NOT NULL,
  "place" BIGINT NOT NULL,
  "token" TEXT,
  "coupon_code" TEXT,
  "released_at" TIMESTAMPTZ(3),
  "outcome" TEXT,
  "outcome_sequence" INTEGER NOT NULL DEFAULT 0,
  "opened_at" TIMESTAMPTZ(3),
  "clicked_at" TIMESTAMPTZ(3),
  CONSTRAINT "campaign_recipient_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "campaign_recipient_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "campaign_recipient_arm_check" CHECK ("arm" IN ('CONTROL', 'A', 'B')),
  -- Nobody of the control group gets anything.
  CONSTRAINT "campaign_recipient_control_check" CHECK ("arm" <> 'CONTROL' OR ("token" IS NULL AND "coupon_code" IS NULL AND "outcome" IS NULL)),
  CONSTRAINT "campaign_recipient_outcome_check" CHECK ("outcome" IN ('SENT', 'SUPPRESSED', 'FAILED'))
);
CREATE UNIQUE INDEX "campaign_recipient_campaign_id_user_id_key" ON "campaign_recipient" ("campaign_id", "user_id");
CREATE UNIQUE INDEX "campaign_recipient_token_key" ON "campaign_recipient" ("token");
CREATE INDEX "campaign_recipient_user_idx" ON "campaign_recipient" ("user_id") WHERE "user_id" IS NOT NULL;
CREATE INDEX "campaign_recipient_waiting_idx" ON "campaign_recipient" ("campaign_id", "place") WHERE "released_at" IS NULL;
