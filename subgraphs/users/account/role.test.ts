import { expect, test } from 'vitest'
import { scopesOf } from './role.ts'

test('a customer touches only the own account', () => {
  expect(scopesOf(['CUSTOMER'])).toEqual(['self'])
})

test('roles add up, each scope once', () => {
  expect(scopesOf(['CUSTOMER', 'WAREHOUSE', 'SUPPORT'])).toEqual([
    'inventory:read',
    'inventory:write',
    'orders:read',
    'payments:read',
    'payments:refund',
    'self',
    'shipping:read',
    'shipping:write',
    'support:read',
    'support:write',
    'users:read',
  ])
})

test('an analyst reads sales and stock, and changes exchange rates alone', () => {
  expect(scopesOf(['CUSTOMER', 'ANALYST'])).toEqual([
    'analytics:read',
    'analytics:write',
    'inventory:read',
    'self',
  ])
})

test('a marketer reads and writes what marketing is made of, and nothing of accounts, orders and tickets', () => {
  expect(scopesOf(['CUSTOMER', 'MARKETER'])).toEqual(['marketing:read', 'marketing:write', 'self'])
})

test('only an administrator may change roles, and may do all that others may', () => {
  const others = scopesOf(['CUSTOMER', 'SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ANALYST', 'MARKETER'])
  expect(others).not.toContain('users:write')
  expect(scopesOf(['CUSTOMER', 'ADMIN'])).toEqual(expect.arrayContaining([...others, 'users:write']))
})
