import type { PrismaLike } from '../database/database.ts'

const TABLES = `
SELECT quote_ident(relname) AS name FROM pg_class
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations' ORDER BY relname`

/**
 * The rows of all tables, each with the name of its table. A test compares them before and after a work that must leave the rows of others
 * as they are.
 */
export async function everyRow(prisma: PrismaLike): Promise<Set<string>> {
  const tables = await prisma.$queryRawUnsafe<{ name: string }[]>(TABLES)
  const all = tables
    .map(({ name }) => `SELECT '${name} ' || t::text AS row FROM ${name} t`)
    .join(' UNION ALL ')
  const rows = await prisma.$queryRawUnsafe<{ row: string }[]>(all)
  return new Set(rows.map(({ row }) => row))
}
