-- E-mails of accounts and those of everybody else are counted apart, so that neither turns the other away.
ALTER TABLE "inbound_mail" ADD COLUMN "of_account" BOOLEAN NOT NULL DEFAULT false;
