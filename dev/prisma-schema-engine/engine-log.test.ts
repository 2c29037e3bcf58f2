import pg from 'pg'
import { expect, test } from 'vitest'
import { logFailure } from './engine-log.ts'

const AT = new Date('2026-11-29T06:00:00Z')

const databaseError = (code: string) =>
  Object.assign(new pg.DatabaseError('database "shop" does not exist', 30, 'error'), { code })

// Prisma's CLI reads the code: P1003 makes it create the database, P1001 makes it give up.
test.each([
  [databaseError('3D000'), 'P1003', 'database "shop" does not exist'],
  [databaseError('28P01'), 'P1001', 'database "shop" does not exist'],
  [Object.assign(new Error('refused'), { code: '3D000' }), 'P1001', 'refused'],
  ['no server', 'P1001', 'no server'],
])('%s is logged as %s', (error, error_code, message) => {
  const lines = logFailure(error, AT).split('\n')
  expect(lines.pop()).toBe('')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      timestamp: '2026-11-29T06:00:00.000Z',
      level: 'INFO',
      target: 'schema_engine',
      fields: { message: 'start' },
    },
    {
      timestamp: '2026-11-29T06:00:00.000Z',
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { message, is_panic: false, error_code },
    },
  ])
})
