import type { ClientBase } from 'pg'

/** A dropped object, and the SQL that creates it again. */
type Dropped = { readonly drop: string; readonly create: string }

// Dependent objects are dropped first, and created last: foreign keys depend on keys.
const CONSTRAINTS = `
  SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS create
    FROM pg_constraint
   WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'p', 'u') AND conrelid <> 0
   ORDER BY contype = 'f' DESC, conname`
const INDEXES = `
  SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop, pg_get_indexdef(indexrelid) AS create
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
   WHERE relnamespace = current_schema()::regnamespace
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
   ORDER BY relname`

/**
 * Runs work that writes millions of rows without indexes and keys, and then creates them again: one sort
 * takes a fraction of updating an index row by row, and a foreign key is checked by one join. Use it in a
 * separate transaction, on tables that nobody else uses yet: it locks them all.
 * @throws the database's own error if the rows violate a key
 */
export async function withoutIndexes(client: ClientBase, work: () => Promise<unknown>): Promise<void> {
  const { rows: constraints } = await client.query<Dropped>(CONSTRAINTS)
  const { rows: indexes } = await client.query<Dropped>(INDEXES)
  const dropped = [...constraints, ...indexes]
  for (const { drop } of dropped) await client.query(drop)
  await work()
  await client.query(`SET LOCAL maintenance_work_mem = '256MB'`)
  for (const { create } of dropped.reverse()) await client.query(create)
}
