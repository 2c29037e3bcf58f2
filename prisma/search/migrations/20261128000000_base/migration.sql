-- What every subgraph's database holds for messages and idempotency; the same text opens each first migration.
CREATE TABLE "outbox_message" (
  "id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "sequence" INTEGER NOT NULL,
  "data" JSONB NOT NULL,
  "time" TIMESTAMPTZ(3) NOT NULL,
  "correlation_id" TEXT NOT NULL,
  "causation_id" TEXT,
  "traceparent" TEXT,
  "published_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_error" TEXT,
  CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);
-- The relay reads only what waits; a published row leaves this index.
CREATE INDEX "outbox_message_waiting_idx" ON "outbox_message" ("available_at") WHERE "published_at" IS NULL;

CREATE TABLE "inbox_message" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "handled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "inbox_message_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "dead_letter" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "envelope" JSONB NOT NULL,
  "error" TEXT NOT NULL,
  "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("consumer", "event_id")
);

CREATE TABLE "idempotency_record" (
  "principal" TEXT NOT NULL,
  "mutation" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "request_hash" TEXT NOT NULL,
  "response" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("principal", "mutation", "key"),
  CONSTRAINT "idempotency_record_key_check" CHECK (length("key") BETWEEN 1 AND 200)
);

-- Both ship with PostgreSQL and are trusted: the owner of the database may make them.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Accents are dropped before stemming, in texts and in queries alike.
CREATE TEXT SEARCH CONFIGURATION shop_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION shop_english
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION shop_german (COPY = german);
ALTER TEXT SEARCH CONFIGURATION shop_german
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, german_stem;
CREATE TEXT SEARCH CONFIGURATION shop_words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION shop_words
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- Ids are compared by their bytes (COLLATE "C"): sorting thousands of them by a language costs milliseconds.
CREATE TABLE "listing" (
  "product_id" TEXT COLLATE "C" NOT NULL,
  "sequence" INTEGER NOT NULL DEFAULT 0,
  "slug" TEXT NOT NULL DEFAULT '',
  "title" TEXT NOT NULL DEFAULT '',
  "description" TEXT NOT NULL DEFAULT '',
  "status" TEXT NOT NULL DEFAULT 'UNKNOWN',
  "category_id" TEXT,
  "released_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '1970-01-01 00:00:00+00',
  "popularity" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "rating_average" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "rating_count" INTEGER NOT NULL DEFAULT 0,
  "rating_sequence" INTEGER NOT NULL DEFAULT 0,
  "in_stock" BOOLEAN NOT NULL DEFAULT false,
  "from_usd" BIGINT NOT NULL DEFAULT 0,
  "from_eur" BIGINT NOT NULL DEFAULT 0,
  "from_jpy" BIGINT NOT NULL DEFAULT 0,
  "facet_ids" INTEGER[] NOT NULL DEFAULT '{}',
  "document" tsvector NOT NULL DEFAULT ''::tsvector,
  "title_words" tsvector NOT NULL DEFAULT ''::tsvector,
  CONSTRAINT "listing_pkey" PRIMARY KEY ("product_id"),
  CONSTRAINT "listing_status_check" CHECK ("status" IN ('UNKNOWN', 'DRAFT', 'ACTIVE', 'ARCHIVED')),
  CONSTRAINT "listing_rating_check" CHECK ("rating_average" BETWEEN 0 AND 5)
-- Room for the changes of popularity and stock, which no index has: they write no index then (HOT).
) WITH (fillfactor = 75);
-- A change is seen by the next search at once: without a pending list, no search has to read one.
CREATE INDEX "listing_document_idx" ON "listing" USING GIN ("document") WITH (fastupdate = off);
CREATE INDEX "listing_facet_ids_idx" ON "listing" USING GIN ("facet_ids") WITH (fastupdate = off);
CREATE INDEX "listing_title_words_idx" ON "listing" USING GIN ("title_words") WITH (fastupdate = off);
CREATE INDEX "listing_category_id_idx" ON "listing" ("category_id");
CREATE INDEX "listing_released_at_idx" ON "listing" ("released_at", "product_id") WHERE status = 'ACTIVE';
CREATE INDEX "listing_rating_idx" ON "listing" ("rating_average", "product_id") WHERE status = 'ACTIVE';
CREATE INDEX "listing_from_usd_idx" ON "listing" ("from_usd", "product_id") WHERE status = 'ACTIVE';
CREATE INDEX "listing_from_eur_idx" ON "listing" ("from_eur", "product_id") WHERE status = 'ACTIVE';
CREATE INDEX "listing_from_jpy_idx" ON "listing" ("from_jpy", "product_id") WHERE status = 'ACTIVE';

CREATE TABLE "best_seller" (
  "product_id" TEXT COLLATE "C" NOT NULL,
  "popularity" DOUBLE PRECISION NOT NULL DEFAULT 0,
  CONSTRAINT "best_seller_pkey" PRIMARY KEY ("product_id")
);
CREATE INDEX "best_seller_popularity_product_id_idx" ON "best_seller" ("popularity" DESC, "product_id");

CREATE TABLE "listing_variant" (
  "variant_id" TEXT COLLATE "C" NOT NULL,
  "product_id" TEXT COLLATE "C",
  "sku" TEXT NOT NULL DEFAULT '',
  "options" JSONB NOT NULL DEFAULT '[]',
  "option_ids" INTEGER[] NOT NULL DEFAULT '{}',
  "usd" BIGINT NOT NULL DEFAULT 0,
  "eur" BIGINT NOT NULL DEFAULT 0,
  "jpy" BIGINT NOT NULL DEFAULT 0,
  "in_stock" BOOLEAN NOT NULL DEFAULT false,
  "stock_sequence" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "listing_variant_pkey" PRIMARY KEY ("variant_id")
);
CREATE INDEX "listing_variant_product_id_idx" ON "listing_variant" ("product_id");

CREATE TABLE "category" (
  "category_id" TEXT NOT NULL,
  "number" SERIAL NOT NULL,
  "parent_id" TEXT,
  "slug" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "sequence" INTEGER NOT NULL,
  CONSTRAINT "category_pkey" PRIMARY KEY ("category_id")
);
CREATE UNIQUE INDEX "category_number_key" ON "category" ("number");
CREATE INDEX "category_parent_id_idx" ON "category" ("parent_id");

CREATE TABLE "facet_value" (
  "id" SERIAL NOT NULL,
  "name" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  CONSTRAINT "facet_value_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "facet_value_name_value_key" ON "facet_value" ("name", "value");

CREATE TABLE "word" (
  "word" TEXT NOT NULL,
  "is_name" BOOLEAN NOT NULL,
  "english" TEXT NOT NULL,
  "german" TEXT NOT NULL,
  CONSTRAINT "word_pkey" PRIMARY KEY ("word")
);
CREATE INDEX "word_english_idx" ON "word" ("english");
CREATE INDEX "word_german_idx" ON "word" ("german");
CREATE INDEX "word_trigram_idx" ON "word" USING GIN ("word" gin_trgm_ops);

CREATE TABLE "stale_listing" (
  "product_id" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "stale_listing_pkey" PRIMARY KEY ("product_id")
);

CREATE TABLE "ordered_product" (
  "order_id" TEXT COLLATE "C" NOT NULL,
  "product_id" TEXT COLLATE "C" NOT NULL,
  "weight" DOUBLE PRECISION NOT NULL,
  "cancelled" BOOLEAN NOT NULL DEFAULT false,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "ordered_product_pkey" PRIMARY KEY ("order_id", "product_id")
);
CREATE INDEX "ordered_product_placed_at_idx" ON "ordered_product" ("placed_at");

CREATE TABLE "query_count" (
  "day" DATE NOT NULL,
  "query" TEXT COLLATE "C" NOT NULL,
  "searches" INTEGER NOT NULL DEFAULT 0,
  "zero_results" INTEGER NOT NULL DEFAULT 0,
  "clicks" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "query_count_pkey" PRIMARY KEY ("day", "query"),
  CONSTRAINT "query_count_query_check" CHECK (char_length("query") BETWEEN 1 AND 80)
);
CREATE INDEX "query_count_query_idx" ON "query_count" ("query");

CREATE TABLE "progress" (
  "slot" INTEGER NOT NULL,
  "through" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "progress_pkey" PRIMARY KEY ("slot")
);

-- One lexeme as a query, whatever characters it has.
CREATE FUNCTION exact_lexeme(lexeme TEXT) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
  SELECT ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
$$;

-- The query for one term: {"text": "merino wool", "kind": "words" | "phrase" | "exact"}. A stop word is the empty query.
CREATE FUNCTION term_query(term JSONB) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
  body TEXT := term ->> 'text';
BEGIN
  CASE term ->> 'kind'
    WHEN 'exact' THEN RETURN exact_lexeme(body);
    WHEN 'phrase' THEN
      RETURN phraseto_tsquery('shop_english', body) || phraseto_tsquery('shop_german', body);
    ELSE
      RETURN plainto_tsquery('shop_english', body) || plainto_tsquery('shop_german', body);
  END CASE;
END
$$;

-- What satisfies a group: any of its terms.
CREATE FUNCTION group_query(one JSONB) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
  part tsquery := ''::tsquery;
  term JSONB;
BEGIN
  FOR term IN SELECT * FROM jsonb_array_elements(one -> 'any') LOOP
    part := part || term_query(term);
  END LOOP;
  RETURN part;
END
$$;

-- Groups of terms as one query: any term of each group, and none of a group that is excluded. Made of operators on values of
-- type tsquery, so that no text can be taken for an operator.
CREATE FUNCTION search_query(groups JSONB) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE
  whole tsquery := ''::tsquery;
  part tsquery;
  one JSONB;
BEGIN
  FOR one IN SELECT * FROM jsonb_array_elements(groups) LOOP
    part := group_query(one);
    IF numnode(part) > 0 THEN
      whole := whole && CASE WHEN (one ->> 'isExcluded')::boolean THEN !! part ELSE part END;
    END IF;
  END LOOP;
  RETURN whole;
END
$$;

-- The groups that are looked for, each with the number of its different lexemes, by which ts_rank divides.
CREATE FUNCTION ranked_groups(groups JSONB) RETURNS TABLE (query tsquery, lexemes INTEGER) LANGUAGE sql STABLE AS $$
  SELECT g.query,
         (SELECT count(DISTINCT lexeme[1])::int FROM regexp_matches(g.query::text, '''(?:[^'']|'''')+''', 'g') AS lexeme)
    FROM (SELECT group_query(one) AS query FROM jsonb_array_elements(groups) AS one
           WHERE NOT (one ->> 'isExcluded')::boolean OFFSET 0) AS g
   WHERE numnode(g.query) > 0
$$;

-- Words that look like one that was typed, the most alike first. At the threshold's default of 0.3, two exchanged letters in a short
-- word are not alike any more.
CREATE FUNCTION similar_words(typed TEXT, most INTEGER) RETURNS TABLE (word TEXT, is_name BOOLEAN)
  LANGUAGE sql STABLE SET pg_trgm.similarity_threshold = 0.2 AS $$
  SELECT w.word, w.is_name FROM word w WHERE w.word % typed ORDER BY similarity(w.word, typed) DESC, w.word LIMIT most
$$;
