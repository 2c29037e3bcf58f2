import { expect, test } from 'vitest'
import { connectionFields, schemaOf } from './connection.ts'

test('a database URL is taken apart, so that nothing of it can override the database', () => {
  expect(connectionFields('postgresql://ar%67yle:p%40ss@localhost/odd%20name?schema=shop')).toEqual({
    host: 'localhost',
    port: 5432,
    user: 'argyle',
    password: 'p@ss',
    database: 'odd name',
    ssl: undefined,
  })
  expect(connectionFields('postgresql://localhost/x')).not.toHaveProperty('connectionString')
})

test.each([
  ['?sslmode=disable', undefined],
  ['?sslmode=require', { rejectUnauthorized: false }],
  ['?sslmode=verify-full', { rejectUnauthorized: true }],
])('%s is heeded', (query, ssl) => {
  expect(connectionFields(`postgresql://db.example/x${query}`).ssl).toEqual(ssl)
})

test('a Unix socket and a schema are read from the query', () => {
  const url = 'postgresql://argyle@localhost/x?host=/run/postgresql&schema=shop'
  expect(connectionFields(url).host).toBe('/run/postgresql')
  expect(schemaOf(url)).toBe('shop')
  expect(schemaOf('postgresql://localhost/x')).toBeUndefined()
})
