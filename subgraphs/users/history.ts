import type { HistoryPage, Told } from '@argyle/kit/republish'
import { contactChanged } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Consumers that may hear the e-mail addresses of all accounts. */
const READERS: readonly string[] = ['notifications']

/** How each account is reached, by id. */
async function contacts(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since, recipient }: HistoryPage,
): Promise<Told[]> {
  if (!READERS.includes(recipient)) return []
  const rows = await prisma.account.findMany({
    where: { id: { gt: after ?? '' }, ...(since && { updatedAt: { gte: since } }) },
    orderBy: { id: 'asc' },
    take: limit,
  })
  return rows.map((row) => ({ event: contactChanged(row), time: row.updatedAt, cursor: row.id }))
}

/** The past that users tells again. */
export const history = [contacts]
