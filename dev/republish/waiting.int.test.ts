import { runSql, type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runRepublish } from './run.ts'

/** The database of an owner that does not run. */
let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase('products')
  vi.stubEnv('DATABASE_URL', database.url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await database.drop()
})

/** Two looks. */
const PATIENCE_MS = 500

async function republish(...options: string[]) {
  const lines: string[] = []
  const args = ['products', '--to', 'search', ...options]
  const code = await runRepublish(args, (line) => void lines.push(line), PATIENCE_MS)
  return { code, lines }
}

const CONTINUES = 'It continues automatically once that is fixed'

test('without a process of the owner, the request waits in its database, and the command ends', async () => {
  expect(await republish('--since', '2026-11-21T01:00:00+01:00')).toEqual({
    code: 1,
    lines: [
      'products to search: 0 messages',
      `nothing was sent for 0.5 s: no products seems to run. ${CONTINUES}`,
    ],
  })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query('SELECT recipient, since, finished_at FROM republication')
  await client.end()
  expect(rows).toEqual([{ recipient: 'search', since: new Date('2026-11-21T00:00:00Z'), finished_at: null }])
})

test('the reason of a failure is shown', async () => {
  await runSql(
    database.url,
    "ALTER TABLE republication ALTER last_error SET DEFAULT 'no space is left', ALTER sent SET DEFAULT 7",
  )
  expect(await republish()).toEqual({
    code: 1,
    lines: ['products to search: 7 messages', `nothing was sent for 0.5 s: no space is left. ${CONTINUES}`],
  })
})

test('the end is shown once', async () => {
  await runSql(database.url, 'ALTER TABLE republication ALTER finished_at SET DEFAULT now()')
  expect(await republish()).toEqual({ code: 0, lines: ['products to search: 0 messages, all'] })
})

test('progress is shown, and prolongs the wait', async () => {
  // A function with a side effect counts the looks: the first five find one message more than the one before.
  await runSql(
    database.url,
    `CREATE SEQUENCE look;
     ALTER TABLE republication RENAME TO request;
     CREATE VIEW republication AS SELECT id, recipient, since, last_error, finished_at,
       least(nextval('look'), 5)::int AS sent FROM request`,
  )
  const { code, lines } = await republish()
  expect([code, lines]).toEqual([
    1,
    [
      ...[1, 2, 3, 4, 5].map((count) => `products to search: ${count} messages`),
      expect.stringMatching('^nothing was sent for 0.5 s: '),
    ],
  ])
})

test('a request that was deleted meanwhile is reported', async () => {
  await runSql(
    database.url,
    `CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM republication; RETURN NULL; END $$;
     CREATE TRIGGER forget AFTER INSERT ON republication FOR EACH ROW EXECUTE FUNCTION forget()`,
  )
  const { code, lines } = await republish()
  expect([code, lines]).toEqual([
    1,
    [expect.stringMatching(/^the request rpb_\S+ is no longer in the database of products$/)],
  ])
})
