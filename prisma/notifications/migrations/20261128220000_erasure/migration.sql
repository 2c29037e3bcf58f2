-- What is held of a deleted account is found by its id, and by its address where it was a guest's.
CREATE INDEX "occasion_user_id_idx" ON "occasion" ("user_id") WHERE "user_id" IS NOT NULL;
CREATE INDEX "known_order_email_idx" ON "known_order" ("email") WHERE "email" IS NOT NULL;
CREATE INDEX "notification_guest_idx" ON "notification" ("recipient") WHERE "user_id" IS NULL;
-- The farewell of a deleted account, which is kept for a week.
CREATE INDEX "notification_farewell_idx" ON "notification" ("created_at") WHERE "kind" = 'ACCOUNT_DELETED';
CREATE INDEX "occasion_farewell_idx" ON "occasion" ("created_at") WHERE "kind" = 'ACCOUNT_DELETED';
