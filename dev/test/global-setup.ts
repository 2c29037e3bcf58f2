import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startPostgres } from '../postgres/start-postgres.ts'
import { handToTests, keepTemporaryFilesIn, shareCompiledModules } from './config.ts'
import { makeScratchFolder } from './scratch-folder.ts'
import { buildTemplates } from './templates.ts'

/**
 * Starts one temporary PostgreSQL for the whole test run, with a migrated template database per subgraph.
 * Test files copy theirs from it: see `testDatabase` in the kit.
 * @returns the teardown
 */
export default async function setup(): Promise<() => Promise<void>> {
  shareCompiledModules(path.join(tmpdir(), 'node-compile-cache'))
  const folder = makeScratchFolder()
  keepTemporaryFilesIn(folder)
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durability: 'scratch' })
  handToTests('ARGYLE_TEST_FOLDER', folder)
  handToTests('ARGYLE_TEST_POSTGRES_URL', postgres.tcpUrl('postgres'))
  handToTests('ARGYLE_TEST_TEMPLATE_ERRORS', JSON.stringify(await buildTemplates(postgres)))
  return async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}
