import pg from 'pg'
import { runSql, type TestDatabase, testDatabase } from './database.ts'

const INDEX_SCANS = ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']

/** Has new sessions of a database read its tables sequentially. No index then gives rows an order: without ORDER BY they come as they are stored. */
export function readSequentially({ url }: TestDatabase): Promise<void> {
  const name = pg.escapeIdentifier(decodeURIComponent(new URL(url).pathname.slice(1)))
  return runSql(url, INDEX_SCANS.map((scan) => `ALTER DATABASE ${name} SET ${scan} = off`).join(';'))
}

/** A new database of a subgraph whose tables are read sequentially. */
export async function sequentialDatabase(subgraph: string): Promise<TestDatabase> {
  const database = await testDatabase(subgraph)
  await readSequentially(database)
  return database
}

// An update stores its row anew, after all others. Triggers are not fired. Values of identity columns cannot be set.
const REVERSE = `
DO $$
DECLARE kept record; row_id tid;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR kept IN
    SELECT c.oid::regclass AS name, quote_ident(min(a.attname)) AS field
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
     GROUP BY c.oid
  LOOP
    FOR row_id IN EXECUTE format('SELECT ctid FROM %s ORDER BY ctid DESC', kept.name) LOOP
      EXECUTE format('UPDATE %s SET %s = %s WHERE ctid = $1', kept.name, kept.field, kept.field) USING row_id;
    END LOOP;
  END LOOP;
END $$`

/**
 * Stores the rows of all tables in the reverse order, with the same values. A list whose ORDER BY lacks a column, or is missing, reads
 * differently before and after it.
 */
export function reverseRows({ url }: TestDatabase): Promise<void> {
  return runSql(url, REVERSE)
}
