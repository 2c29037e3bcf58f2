-- CreateTable
CREATE TABLE "opt_in" (
    "recipient" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "opt_in_pkey" PRIMARY KEY ("recipient","kind","channel"),
    CONSTRAINT "opt_in_channel_check" CHECK ("channel" IN ('EMAIL', 'SMS', 'PUSH', 'IN_APP'))
);

-- CreateTable
CREATE TABLE "phone" (
    "user_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "phone_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "phone_number_check" CHECK ("number" ~ '^\+[1-9][0-9]{7,14}$')
);

-- CreateTable
CREATE TABLE "phone_code" (
    "user_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "tries_left" INTEGER NOT NULL,

    CONSTRAINT "phone_code_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "phone_code_tries_left_check" CHECK ("tries_left" >= 0)
);

-- CreateTable
CREATE TABLE "throttle" (
    "key" TEXT NOT NULL,
    "empty_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "throttle_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "phone_code_expires_at_idx" ON "phone_code"("expires_at");

-- CreateIndex
CREATE INDEX "throttle_empty_at_idx" ON "throttle"("empty_at");
