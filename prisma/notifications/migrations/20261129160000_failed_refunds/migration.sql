-- Digests for staff list failed refunds.
ALTER TABLE "digest_item" DROP CONSTRAINT "digest_item_kind_check",
  ADD CONSTRAINT "digest_item_kind_check" CHECK ("kind" IN ('LOW_STOCK', 'TICKET_BREACHED', 'FAILED_REFUND', 'FAILED_JOB'));
