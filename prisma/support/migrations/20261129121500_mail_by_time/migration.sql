-- The e-mails of one sender are counted among those of the last hour, which are found by their time.
DROP INDEX "inbound_mail_sender_at_idx";
