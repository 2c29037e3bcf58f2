import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { execute } from './statement.ts'

let database: BareDatabase
let client: pg.Client
beforeAll(async () => {
  database = await bareDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
beforeEach(async () => {
  await client.query('ROLLBACK; DROP TABLE IF EXISTS thing; CREATE TABLE thing (id text PRIMARY KEY)')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const statement = (text: string, values: readonly unknown[] = [], name = text) => ({
  name,
  text,
  values,
  parserOf: (id: number) => pg.types.getTypeParser(id),
})
const ask = (text: string, values: readonly unknown[] = [], name = text, onBegun?: () => void) =>
  execute(
    client,
    statement(text, values, name),
    onBegun ? [{ statement: statement('BEGIN'), onDone: onBegun }] : [],
  )
const isInTransaction = async () =>
  // In a transaction, now() stays.
  (await ask('SELECT now() = statement_timestamp() AS "isAlone"', [], '')).rows[0]?.isAlone === false

test('a statement is prepared once, and gives its rows and their number each time', async () => {
  for (let times = 0; times < 3; times++)
    expect(await ask('SELECT $1::int + n AS sum FROM generate_series(1, 2) n', [times])).toEqual({
      rows: [{ sum: times + 1 }, { sum: times + 2 }],
      rowCount: 2,
      command: 'SELECT',
    })
  const { rows } = await ask('SELECT count(*)::int AS prepared FROM pg_prepared_statements', [], '')
  expect(rows).toEqual([{ prepared: 1 }])
})

test('a statement without a name is not kept', async () => {
  expect((await ask('SELECT 1 AS one', [], '')).rows).toEqual([{ one: 1 }])
  expect((await ask('SELECT 2 AS two', [], '')).rows).toEqual([{ two: 2 }])
})

test('a statement whose first execution failed works the next time', async () => {
  await expect(ask('SELECT 1 / $1::int AS quotient', [0])).rejects.toThrow('division by zero')
  expect((await ask('SELECT 1 / $1::int AS quotient', [1])).rows).toEqual([{ quotient: 1 }])
})

test('a statement whose columns were changed fails once, and is prepared anew', async () => {
  const all = 'SELECT * FROM thing'
  await ask('INSERT INTO thing VALUES ($1)', ['a'])
  expect((await ask(all)).rows).toEqual([{ id: 'a' }])
  await client.query('ALTER TABLE thing ADD COLUMN size int DEFAULT 3')
  await expect(ask(all)).rejects.toThrow('cached plan must not change result type')
  expect((await ask(all)).rows).toEqual([{ id: 'a', size: 3 }])
})

test('a statement that fails is named on one line, without the texts in it, by its first 500 characters', async () => {
  const failing = ask(`SELECT 'a secret', 'it''s one',\n       1 / $1::int AS quotient`, [0])
  await expect(failing).rejects.toMatchObject({ statement: `SELECT '…', '…', 1 / $1::int AS quotient` })
  const long = `SELECT 1 / $1::int AS ${'q'.repeat(600)}`
  await expect(ask(long, [0], '')).rejects.toMatchObject({ statement: long.slice(0, 500) })
})

test('a statement without rows has the name of its command', async () => {
  expect(await ask('CREATE INDEX ON thing (id)')).toEqual({ rows: [], rowCount: 0, command: 'CREATE' })
  expect((await ask('', [], '')).rows).toEqual([])
})

test('a value that cannot be read, and a statement that copies, fail alone', async () => {
  const unreadable = () => {
    throw new Error('unreadable')
  }
  const one = { ...statement('SELECT 1 AS one', [], ''), parserOf: () => unreadable }
  await expect(execute(client, one)).rejects.toThrow('unreadable')
  await expect(ask('COPY thing FROM STDIN', [], '')).rejects.toThrow(
    'a statement with parameters copies nothing',
  )
  expect((await ask('SELECT 1 AS one', [], '')).rows).toEqual([{ one: 1 }])
})

test('a value that cannot be a parameter fails alone', async () => {
  const round: { self?: unknown } = {}
  round.self = round
  await expect(ask('SELECT $1::jsonb', [round])).rejects.toThrow('circular')
  expect((await ask('SELECT $1::int AS one', [1])).rows).toEqual([{ one: 1 }])
})

test('a transaction begins with its first statement', async () => {
  let begun = 0
  const insert = () => ask('INSERT INTO thing VALUES ($1)', ['a'], 'insert', () => void begun++)
  expect((await insert()).rowCount).toBe(1)
  expect([begun, await isInTransaction()]).toEqual([1, true])
  await client.query('ROLLBACK')
  expect((await client.query('SELECT id FROM thing')).rows).toEqual([])
})

test('a transaction whose first statement fails has begun, and keeps nothing', async () => {
  let begun = 0
  const fail = ask('SELECT 1 / $1::int AS quotient', [0], 'quotient', () => void begun++)
  await expect(fail).rejects.toThrow('division by zero')
  expect(begun).toBe(1)
  await expect(client.query('SELECT 1')).rejects.toThrow('current transaction is aborted')
})

test('a transaction that does not begin does not tell so', async () => {
  await client.query('BEGIN')
  await expect(client.query('SELECT 1 / 0')).rejects.toThrow('division by zero')
  let begun = 0
  const refused = ask('INSERT INTO thing VALUES ($1)', ['a'], 'refused', () => void begun++)
  await expect(refused).rejects.toThrow('current transaction is aborted')
  expect(begun).toBe(0)
})

test('several statements are one message, whose outcome is that of the last', async () => {
  const done: number[] = []
  const insert = (id: string, place: number) => ({
    statement: statement('INSERT INTO thing VALUES ($1)', [id]),
    onDone: () => void done.push(place),
  })
  const begin = { statement: statement('BEGIN') }
  const all = statement('SELECT id FROM thing ORDER BY id')
  for (const [a, b] of [
    ['a', 'b'],
    ['c', 'd'],
  ] as const) {
    const before = [begin, insert(a, 1), { statement: all }, insert(b, 2), { statement: statement('COMMIT') }]
    expect((await execute(client, all, before)).rows.at(-1)).toEqual({ id: b })
  }
  expect(done).toEqual([1, 2, 1, 2])
})

test('a statement that fails keeps those after it from being executed, COMMIT among them', async () => {
  const done: string[] = []
  const insert = (id: string) => ({
    statement: statement('INSERT INTO thing VALUES ($1)', [id]),
    onDone: () => void done.push(id),
  })
  const before = [{ statement: statement('BEGIN') }, insert('a'), insert('a'), insert('b')]
  await expect(execute(client, statement('COMMIT'), before)).rejects.toMatchObject({
    constraint: 'thing_pkey',
  })
  expect(done).toEqual(['a'])
  await client.query('ROLLBACK')
  expect((await ask('SELECT id FROM thing', [], '')).rows).toEqual([])
  expect(
    (await execute(client, statement('COMMIT'), [{ statement: statement('BEGIN') }, insert('b')])).command,
  ).toBe('COMMIT')
  expect((await ask('SELECT id FROM thing', [], '')).rows).toEqual([{ id: 'b' }])
})
