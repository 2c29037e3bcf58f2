import path from 'node:path'
import { deployMigrations } from '@argyle/kit/migrations'
import type { PostgresAddress } from '../postgres/address.ts'
import { foldersWith, root } from '../repository.ts'
import { OUTSIDE } from '../shop/outside/outside-servers.ts'

/**
 * Creates the database `argyle_template_<name>` for each subgraph with migrations, and for each server outside.
 * @returns the reason for each subgraph whose migrations failed: only its own tests fail then
 */
export async function buildTemplates(
  postgres: PostgresAddress,
  base = root,
): Promise<Record<string, string>> {
  const errors: Record<string, string> = {}
  const build = async (name: string, migrations = path.join(base, 'prisma', name, 'migrations')) => {
    try {
      const url = await postgres.ensureDatabase(`argyle_template_${name}`)
      await deployMigrations(migrations, url)
    } catch (error) {
      errors[name] = error instanceof Error ? error.message : String(error)
    }
  }
  await Promise.all([
    ...foldersWith('prisma', 'migrations', base).map((name) => build(name)),
    ...OUTSIDE.map(({ name, migrations }) => build(name, migrations)),
  ])
  return errors
}
