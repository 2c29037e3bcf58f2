// Tested in ../../dev/republish/support-equals-owners.int.test.ts: a history fills its consumers.

import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import {
  accountDeleted,
  addressSaved,
  contactChanged,
  emailVerified,
  profileUpdated,
  rolesChanged,
} from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Consumers that may receive the e-mail addresses of all accounts. */
const READERS: readonly string[] = ['notifications', 'support']

/** The address and name of each account, by id. */
async function contacts(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS.includes(recipient)) return []
  const rows = await prisma.account.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: contactChanged(row), time: row.updatedAt, cursor: row.id }))
}

/** The deleted accounts, by id. A consumer that was emptied or restored from a backup erases them again. */
async function deletions(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const rows = await prisma.deletedAccount.findMany({
    where: { userId: { gt: after ?? '' }, ...(since && { deletedAt: { gte: since } }) },
    orderBy: { userId: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: accountDeleted(row), time: row.deletedAt, cursor: row.userId }))
}

/** Consumers that must know whose address is verified. */
const READERS_OF_PROOFS: readonly string[] = ['support', 'notifications']

/** The verified address of each account that has one, by id. */
async function proofs(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_PROOFS.includes(recipient)) return []
  const rows = await prisma.account.findMany({
    where: {
      id: { gt: after ?? '' },
      emailVerifiedAt: { not: null },
      ...(since && { updatedAt: { gte: since } }),
    },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: emailVerified(row), time: row.updatedAt, cursor: row.id }))
}

/** Consumers that keep a copy of the names of all accounts. */
const READERS_OF_PEOPLE: readonly string[] = ['support']

/** Consumers that store the accounts of staff. */
const READERS_OF_ROLES: readonly string[] = ['support', 'notifications']

/** The name of each account, by id. */
async function names(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_PEOPLE.includes(recipient)) return []
  const rows = await prisma.account.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: profileUpdated(row), time: row.updatedAt, cursor: row.id }))
}

/**
 * The roles of each account that has or had more than CUSTOMER, by id. A restored copy may still contain
 * revoked roles.
 */
async function staffRoles(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_ROLES.includes(recipient)) return []
  // Only accounts that are published count towards the size of the page.
  const revoked = await prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT a.id FROM audit_entry e JOIN account a ON a.id = e.subject_id
     WHERE e.action = 'revokeRole' AND a.id > ${after ?? ''} AND (${since}::timestamptz IS NULL OR a.updated_at >= ${since}::timestamptz)
     ORDER BY 1 LIMIT ${limit}`
  const rows = await prisma.account.findMany({
    where: {
      id: { gt: after ?? '' },
      OR: [{ NOT: { roles: { equals: ['CUSTOMER'] } } }, { id: { in: revoked.map(({ id }) => id) } }],
      ...(since && { updatedAt: { gte: since } }),
    },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: rolesChanged(row), time: row.updatedAt, cursor: row.id }))
}

/** Consumers that keep a copy of all address books. */
const READERS_OF_ADDRESSES: readonly string[] = ['orders']

/** The current content of each address, by id. */
async function addresses(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<PastEvent[]> {
  if (!READERS_OF_ADDRESSES.includes(recipient)) return []
  const rows = await prisma.address.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: addressSaved(row), time: row.updatedAt, cursor: row.id }))
}

/** The events that users publishes again from its tables. */
export const history = [contacts, deletions, names, staffRoles, proofs, addresses]
