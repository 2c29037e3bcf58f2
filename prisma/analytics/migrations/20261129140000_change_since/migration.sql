-- Changes that make all days stale that end after an instant. The days are looked up when the change is taken, so that a day is among them
-- whose sums were derived before the change was committed. A change of a rate waits for no derivation of sums.
CREATE TABLE "sale_change_since" (
  "id" BIGSERIAL NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sale_change_since_pkey" PRIMARY KEY ("id")
);

-- The bases of kept sums, and when a process last derived sums of each.
CREATE TABLE "sale_basis" (
  "basis" TEXT NOT NULL,
  "derived_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sale_basis_pkey" PRIMARY KEY ("basis")
);

-- A rate concerns the sales from its time on, or from the beginning if it is the first of its currency, and later refunds of theirs.
CREATE OR REPLACE FUNCTION "note_rate_change"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "sale_change_since" ("since")
  SELECT min(CASE WHEN EXISTS (SELECT 1 FROM "exchange_rate" e WHERE e."currency" = c."currency" AND e."valid_from" < c."valid_from")
             THEN c."valid_from" ELSE '-infinity' END)
    FROM "changed" c HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION "note_truncation"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "sale_change_since" ("since") VALUES ('-infinity');
  RETURN NULL;
END $$;
CREATE TRIGGER "sale_truncated" AFTER TRUNCATE ON "sale" FOR EACH STATEMENT EXECUTE FUNCTION "note_truncation"();
CREATE TRIGGER "sale_line_truncated" AFTER TRUNCATE ON "sale_line" FOR EACH STATEMENT EXECUTE FUNCTION "note_truncation"();
CREATE TRIGGER "refund_truncated" AFTER TRUNCATE ON "refund" FOR EACH STATEMENT EXECUTE FUNCTION "note_truncation"();
CREATE TRIGGER "exchange_rate_truncated" AFTER TRUNCATE ON "exchange_rate" FOR EACH STATEMENT EXECUTE FUNCTION "note_truncation"();

-- The functions find their tables whatever the search path of the session that fires them.
ALTER FUNCTION "note_sale_change"() SET search_path FROM CURRENT;
ALTER FUNCTION "note_line_change"() SET search_path FROM CURRENT;
ALTER FUNCTION "note_refund_change"() SET search_path FROM CURRENT;
ALTER FUNCTION "note_rate_change"() SET search_path FROM CURRENT;
ALTER FUNCTION "note_truncation"() SET search_path FROM CURRENT;
