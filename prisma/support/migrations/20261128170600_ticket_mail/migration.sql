-- Guests have tickets: they are reached by e-mail.
ALTER TABLE "ticket" ALTER COLUMN "customer_id" DROP NOT NULL,
ADD COLUMN "guest_email" TEXT,
ADD CONSTRAINT "ticket_owner_check" CHECK (("customer_id" IS NULL) <> ("guest_email" IS NULL));
ALTER TABLE "ticket_message" ALTER COLUMN "author_id" DROP NOT NULL,
ADD CONSTRAINT "ticket_message_author_check" CHECK ("author_id" IS NOT NULL OR "kind" = 'CUSTOMER');

CREATE INDEX "ticket_guest_email_idx" ON "ticket"("guest_email") WHERE (guest_email IS NOT NULL);

-- The e-mail address of an account: a copy of data published by users.
CREATE TABLE "contact" (
    "user_id" TEXT NOT NULL,
    "email" TEXT,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("user_id")
);

CREATE INDEX "contact_email_idx" ON "contact"("email") WHERE (email IS NOT NULL);

-- An e-mail that was handed to the shop: its effect is made once.
CREATE TABLE "inbound_mail" (
    "key" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "result" TEXT NOT NULL,
    "ticket_id" TEXT,

    CONSTRAINT "inbound_mail_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "inbound_mail_result_check" CHECK ("result" IN ('OPENED', 'ADDED', 'REFUSED')
      AND ("ticket_id" IS NULL) = ("result" = 'REFUSED'))
);

CREATE INDEX "inbound_mail_sender_at_idx" ON "inbound_mail"("sender", "at");
CREATE INDEX "inbound_mail_at_idx" ON "inbound_mail"("at");
