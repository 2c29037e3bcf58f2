import { expect, test } from 'vitest'
import { countStatements } from './statement-log.ts'

const OWN = '/* bench */'

test('statements are counted, sent at once or prepared, and those that control transactions apart', () => {
  const log = [
    'argyle_orders|LOG:  execute s0: BEGIN',
    'argyle_orders|LOG:  execute s12/C_3: SELECT c.id',
    '\t  FROM cart c',
    "\t WHERE note = 'LOG:  statement: SELECT 1'",
    "argyle_orders|DETAIL:  Parameters: $1 = 'crt_1'",
    'argyle_orders|LOG:  execute <unnamed>: begin_order($1)',
    'argyle_orders|LOG:  execute s1: COMMIT',
    'argyle_users|LOG:  statement: ROLLBACK',
    '|LOG:  received SIGHUP, reloading configuration files',
    'argyle_users|ERROR:  duplicate key value violates unique constraint "account_email_key"',
    'argyle_users|STATEMENT:  INSERT INTO account',
  ].join('\n')
  expect(countStatements(log, OWN)).toEqual({ all: 5, transactionControl: 3 })
})

test('the benchmark’s own are left out', () => {
  const log = `postgres|LOG:  statement: SELECT ${OWN} count(*)\n\t  FROM orders\npostgres|LOG:  statement: SELECT 1\n`
  expect(countStatements(log, OWN)).toEqual({ all: 1, transactionControl: 0 })
})

test('an empty log holds none', () => {
  expect(countStatements('', OWN)).toEqual({ all: 0, transactionControl: 0 })
})
