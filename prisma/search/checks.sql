-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)));
ALTER TABLE listing ADD CONSTRAINT listing_rating_check CHECK (((rating_average >= (0)::double precision) AND (rating_average <= (5)::double precision)));
ALTER TABLE listing ADD CONSTRAINT listing_status_check CHECK ((status = ANY (ARRAY['UNKNOWN'::text, 'DRAFT'::text, 'ACTIVE'::text, 'ARCHIVED'::text])));
ALTER TABLE query_count ADD CONSTRAINT query_count_query_check CHECK (((char_length(query) >= 1) AND (char_length(query) <= 80)));
ALTER TABLE listing SET (fillfactor=75);
CREATE INDEX listing_document_idx ON public.listing USING gin (document) WITH (fastupdate=off);
CREATE INDEX listing_facet_ids_idx ON public.listing USING gin (facet_ids) WITH (fastupdate=off);
CREATE INDEX listing_title_words_idx ON public.listing USING gin (title_words) WITH (fastupdate=off);
ALTER TABLE best_seller ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE listing ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE listing_variant ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE listing_variant ALTER COLUMN variant_id TYPE text COLLATE "C";
ALTER TABLE ordered_product ALTER COLUMN order_id TYPE text COLLATE "C";
ALTER TABLE ordered_product ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE query_count ALTER COLUMN query TYPE text COLLATE "C";
ALTER TABLE query_searcher ALTER COLUMN query TYPE text COLLATE "C";
ALTER TABLE stale_listing ALTER COLUMN product_id TYPE text COLLATE "C";
ALTER TABLE suggested_query ALTER COLUMN query TYPE text COLLATE "C";
CREATE OR REPLACE FUNCTION public.exact_lexeme(lexeme text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
$function$
;
CREATE OR REPLACE FUNCTION public.group_query(one jsonb)
 RETURNS tsquery
 LANGUAGE plpgsql
 STABLE
AS $function$
DECLARE
  part tsquery := ''::tsquery;
  term JSONB;
BEGIN
  FOR term IN SELECT * FROM jsonb_array_elements(one -> 'any') LOOP
    part := part || term_query(term);
  END LOOP;
  RETURN part;
END
$function$
;
CREATE OR REPLACE FUNCTION public.ranked_groups(groups jsonb)
 RETURNS TABLE(query tsquery, lexemes integer)
 LANGUAGE sql
 STABLE
AS $function$
  SELECT g.query,
         (SELECT count(DISTINCT lexeme[1])::int FROM regexp_matches(g.query::text, '''(?:[^'']|'''')+''', 'g') AS lexeme)
    FROM (SELECT group_query(one) AS query FROM jsonb_array_elements(groups) AS one
           WHERE NOT (one ->> 'isExcluded')::boolean OFFSET 0) AS g
   WHERE numnode(g.query) > 0
$function$
;
CREATE OR REPLACE FUNCTION public.search_query(groups jsonb)
 RETURNS tsquery
 LANGUAGE plpgsql
 STABLE
AS $function$
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
$function$
;
CREATE OR REPLACE FUNCTION public.similar_words(typed text, most integer)
 RETURNS TABLE(word text, is_name boolean)
 LANGUAGE sql
 STABLE
 SET "pg_trgm.similarity_threshold" TO '0.2'
AS $function$
  SELECT w.word, w.is_name FROM word w WHERE w.word % typed ORDER BY similarity(w.word, typed) DESC, w.word LIMIT most
$function$
;
CREATE OR REPLACE FUNCTION public.term_query(term jsonb)
 RETURNS tsquery
 LANGUAGE plpgsql
 STABLE
AS $function$
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
$function$
;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR asciihword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR asciiword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR float WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR hword WITH unaccent, english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR hword_asciipart WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR hword_part WITH unaccent, english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR int WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR uint WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_english ALTER MAPPING FOR word WITH unaccent, english_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR asciihword WITH german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR asciiword WITH german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR float WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR hword WITH unaccent, german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR hword_asciipart WITH german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR hword_part WITH unaccent, german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR int WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR uint WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_german ALTER MAPPING FOR word WITH unaccent, german_stem;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR asciihword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR asciiword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR email WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR file WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR float WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR host WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR hword WITH unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR hword_asciipart WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR hword_numpart WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR hword_part WITH unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR int WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR numhword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR numword WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR sfloat WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR uint WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR url WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR url_path WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR version WITH simple;
ALTER TEXT SEARCH CONFIGURATION shop_words ALTER MAPPING FOR word WITH unaccent, simple;
