-- Hash of the proof that a caller has the secret of a guest's order; null for a customer's, and for orders from before.
ALTER TABLE "payment" ADD COLUMN "guest_proof_hash" TEXT;
