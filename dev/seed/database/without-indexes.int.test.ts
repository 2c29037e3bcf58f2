import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withoutIndexes } from './without-indexes.ts'

let database: TestDatabase
let client: pg.Client

beforeEach(async () => {
  database = await testDatabase('orders')
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('BEGIN')
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

async function structure(): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE relnamespace = 'public'::regnamespace
     UNION ALL
     SELECT conname || ' ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
     ORDER BY 1`,
  )
  return rows.map(({ definition }) => definition)
}

test('every index, key and check is there again afterwards, and no index meanwhile', async () => {
  const before = await structure()
  let meanwhile = before
  await withoutIndexes(client, async () => {
    meanwhile = await structure()
  })
  expect(meanwhile.filter((line) => /INDEX|FOREIGN KEY|PRIMARY KEY/.test(line))).toEqual([])
  expect(meanwhile.filter((line) => line.includes('CHECK')).length).toBeGreaterThan(10)
  expect(await structure()).toEqual(before)
})

test('rows that break a key are still refused', async () => {
  const twice = () => client.query(`INSERT INTO known_product VALUES ('prd_1', 1), ('prd_1', 1)`)
  await expect(withoutIndexes(client, twice)).rejects.toThrow('known_product_pkey')
})

test('rows that refer to nothing are still refused', async () => {
  const orphan = () =>
    client.query(`INSERT INTO known_variant VALUES ('var_1', 'prd_1', 'SKU', 'Title', true)`)
  await expect(withoutIndexes(client, orphan)).rejects.toThrow('known_variant_product_id_fkey')
})
