import { expect, test } from 'vitest'
import { sqlChanges } from './sql-mutants.ts'

const formsOf = (sql: string) =>
  sqlChanges(sql)?.map(({ start, end, to }) => (sql.slice(0, start) + to + sql.slice(end)).trim())

test.each([
  [
    'SELECT id FROM cart WHERE a = 1 ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED',
    [
      'SELECT id FROM cart WHERE a = 1 ORDER BY id LIMIT 20',
      'SELECT id FROM cart WHERE a = 1 ORDER BY id LIMIT 20 FOR UPDATE',
      'SELECT id FROM cart WHERE a = 1 LIMIT 20 FOR UPDATE SKIP LOCKED',
      'SELECT id FROM cart WHERE a = 1 ORDER BY id FOR UPDATE SKIP LOCKED',
      'SELECT id FROM cart WHERE true ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED',
    ],
  ],
  [
    'SELECT id FROM cart WHERE (a) AND at < now() ORDER BY at DESC',
    [
      'SELECT id FROM cart WHERE (a) AND at < now()',
      'SELECT id FROM cart WHERE (a) ORDER BY at DESC',
      'SELECT id FROM cart WHERE (a) AND at < now() ORDER BY at ASC',
      'SELECT id FROM cart WHERE (a) AND at <= now() ORDER BY at DESC',
    ],
  ],
])('%s', (sql, forms) => {
  expect(formsOf(sql)).toEqual(forms)
})

test('a text without SQL has no mutants', () => {
  expect(sqlChanges('the order was updated')).toBeUndefined()
})
