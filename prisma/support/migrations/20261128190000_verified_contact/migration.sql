-- Whoever signs up may give another's address: only a verified one says whose e-mails and tickets they are.
ALTER TABLE "contact" ADD COLUMN "verified_email" TEXT;
ALTER TABLE "contact" ADD COLUMN "verified_sequence" INTEGER NOT NULL DEFAULT 0;
