import { readFileSync } from 'node:fs'
import path from 'node:path'
import { deployMigrations } from '@argyle/kit/migrations'
import { copyStatement, runSql, templateOf } from '@argyle/kit/testing/database'
import type { PostgresAddress } from '../postgres/address.ts'
import { foldersWith, root } from '../repository.ts'
import { OUTSIDE } from '../shop/outside/outside-servers.ts'

/**
 * Creates a template database for each subgraph with migrations, for each external server, and one with the
 * kit's tables only.
 * @returns the reason for each subgraph whose migrations failed: only its own tests fail then
 */
export async function buildTemplates(
  postgres: PostgresAddress,
  base = root,
): Promise<Record<string, string>> {
  const errors: Record<string, string> = {}
  const build = async (name: string, fill: (url: string) => Promise<unknown>) => {
    try {
      await runSql(postgres.url('postgres'), copyStatement(templateOf(name)))
      await fill(postgres.url(templateOf(name)))
    } catch (error) {
      errors[name] = error instanceof Error ? error.message : String(error)
    }
  }
  await Promise.all([
    ...foldersWith('prisma', 'migrations', base).map((name) =>
      build(name, (url) => deployMigrations(path.join(base, 'prisma', name, 'migrations'), url)),
    ),
    ...OUTSIDE.map(({ name, migrations }) => build(name, (url) => deployMigrations(migrations, url))),
    build('kit', (url) =>
      runSql(url, readFileSync(path.join(base, 'subgraphs/kit/database/kit.sql'), 'utf8')),
    ),
  ])
  return errors
}
