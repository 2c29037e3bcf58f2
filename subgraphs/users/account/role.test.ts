import { expect, test } from 'vitest'
import { type Role, scopesOf } from './role.ts'

/** All scopes of each role beside `self`, sorted. */
const SCOPES: Readonly<Record<Role, string>> = {
  // A customer touches only the own account.
  CUSTOMER: '',
  SUPPORT:
    'inventory:read orders:read payments:read payments:refund shipping:read support:read support:write users:read',
  WAREHOUSE: 'inventory:read inventory:write orders:read shipping:read shipping:write',
  MERCHANDISER: 'analytics:read catalog:write inventory:read orders:write reviews:moderate',
  // Reads sales and stock, and changes exchange rates alone.
  ANALYST: 'analytics:read analytics:write inventory:read',
  // Nothing of accounts, orders and tickets.
  MARKETER: 'marketing:read marketing:write',
  // All that others may, and alone: roles, the audit log, and the settings of support.
  ADMIN: [
    'analytics:read analytics:write audit:read catalog:write inventory:read inventory:write marketing:read marketing:write',
    'orders:read orders:write payments:read payments:refund reviews:moderate shipping:read shipping:write',
    'support:manage support:read support:write users:read users:write',
  ].join(' '),
}

test.each(Object.entries(SCOPES))('the scopes of %s', (role, scopes) => {
  // The keys of the table, which its type names.
  const held = scopesOf(['CUSTOMER', role as Role])
  expect(held).toEqual(held.toSorted())
  expect(held.filter((scope) => scope !== 'self').join(' ')).toBe(scopes)
  expect(held).toContain('self')
})

test('roles add up, each scope once', () => {
  const both = `${SCOPES.SUPPORT} ${SCOPES.WAREHOUSE} self`.split(' ')
  expect(scopesOf(['CUSTOMER', 'WAREHOUSE', 'SUPPORT'])).toEqual([...new Set(both)].toSorted())
})

test('an administrator may do all that others may', () => {
  const others = scopesOf(['CUSTOMER', 'SUPPORT', 'WAREHOUSE', 'MERCHANDISER', 'ANALYST', 'MARKETER'])
  expect(scopesOf(['CUSTOMER', 'ADMIN'])).toEqual(expect.arrayContaining(others))
})
