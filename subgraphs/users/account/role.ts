import type { Role } from '../generated/prisma/enums.ts'

export type { Role }

/** Scopes of access tokens; `self` allows everything that concerns only the own account. */
export type Scope =
  | 'self'
  | 'users:read'
  | 'users:write'
  | 'catalog:write'
  | 'inventory:read'
  | 'inventory:write'
  | 'orders:read'
  | 'orders:write'
  | 'payments:read'
  | 'payments:refund'
  | 'support:read'
  | 'support:write'
  | 'support:manage'
  | 'analytics:read'
  | 'analytics:write'
  | 'reviews:moderate'
  | 'audit:read'
  | 'shipping:read'
  | 'shipping:write'
  | 'marketing:read'
  | 'marketing:write'

const SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  CUSTOMER: ['self'],
  SUPPORT: [
    'users:read',
    'orders:read',
    'payments:read',
    'payments:refund',
    'support:read',
    'support:write',
    'inventory:read',
    'shipping:read',
  ],
  WAREHOUSE: ['inventory:read', 'inventory:write', 'orders:read', 'shipping:read', 'shipping:write'],
  MERCHANDISER: ['catalog:write', 'inventory:read', 'orders:write', 'reviews:moderate', 'analytics:read'],
  ANALYST: ['analytics:read', 'analytics:write', 'inventory:read'],
  MARKETER: ['marketing:read', 'marketing:write'],
  ADMIN: [
    'users:read',
    'users:write',
    'catalog:write',
    'inventory:read',
    'inventory:write',
    'orders:read',
    'orders:write',
    'payments:read',
    'payments:refund',
    'support:read',
    'support:write',
    'support:manage',
    'analytics:read',
    'analytics:write',
    'reviews:moderate',
    'audit:read',
    'shipping:read',
    'shipping:write',
    'marketing:read',
    'marketing:write',
  ],
}

/** The scopes of an account, unique and sorted, for its next access token. */
export function scopesOf(roles: readonly Role[]): Scope[] {
  return [...new Set<Scope>(['self', ...roles.flatMap((role) => SCOPES[role])])].sort()
}
