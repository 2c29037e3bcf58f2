-- How far the lists are: the oldest event that is not derived yet, however many wait.
CREATE INDEX "stale_product_source_event_at_idx" ON "stale_product" ("source", "event_at");
