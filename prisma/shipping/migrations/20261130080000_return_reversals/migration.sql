-- A return whose refund failed afterwards is RECEIVED again, until it is refunded anew.
ALTER TABLE "return_request" ADD COLUMN "reversals" INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT "return_request_reversals_check" CHECK ("reversals" >= 0);
