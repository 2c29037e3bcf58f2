import { spawn } from 'node:child_process'
import path from 'node:path'
import { generate } from '../generate.ts'
import { runningPostgres } from '../postgres/running-postgres.ts'
import { startPostgres } from '../postgres/start-postgres.ts'
import { prismaEnvironment } from '../prisma-schema-engine/config.ts'
import { prismaScript } from '../prisma-schema-engine/prisma-cli.ts'
import { foldersWith, root } from '../repository.ts'
import { givenDatabase } from './config.ts'
import { type MigrateRequest, readRequest } from './request.ts'

export const usage = `npm run migrate -- <subgraph> <command> [options of Prisma's CLI]

  dev --name add-x   write a migration for what changed in schema.prisma, and apply it
  deploy             apply what is pending, as every start does
  status             say what is pending
  diff               print the SQL that the migrations lack (or name two sides with --from-… --to-…)
  reset              drop everything and apply all migrations
  resolve            mark a migration as applied or rolled back
  db push | db pull  without migrations

It works on the database of npm start, which it starts when it is not running, or on DATABASE_URL when that is set.`

/**
 * Runs a command of Prisma's CLI on a subgraph's database.
 * @param dataDir the folder of the embedded server
 * @returns the exit code of Prisma's CLI
 * @throws MisuseError, PostgresFailure
 */
export async function migrate(
  argv: readonly string[],
  dataDir = path.join(root, '.data', 'postgres'),
): Promise<number> {
  const request = readRequest(argv, foldersWith('prisma', 'schema.prisma'))
  const code = await withDatabase(request.subgraph, dataDir, (url) => runCli(request, url))
  // Regenerate the code that depends on schema.prisma.
  if (code !== 0 || argv[1] !== 'dev') return code
  try {
    await generate({ names: [request.subgraph], onProgress: console.log })
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error(
      `The database has its migrations, but the code of ${request.subgraph} was not generated: npm run generate`,
    )
    return 1
  }
}

async function withDatabase<T>(
  subgraph: string,
  dataDir: string,
  run: (url: string) => Promise<T>,
): Promise<T> {
  const given = givenDatabase()
  if (given) return run(given)
  const running = await runningPostgres(dataDir)
  if (running) return run(await running.ensureDatabase(`argyle_${subgraph}`))
  const started = await startPostgres({ dataDir, onProgress: console.log })
  try {
    return await run(await started.ensureDatabase(`argyle_${subgraph}`))
  } finally {
    await started.stop()
  }
}

function runCli({ subgraph, args }: MigrateRequest, url: string): Promise<number> {
  const child = spawn(process.execPath, [prismaScript, ...args], {
    cwd: root,
    env: prismaEnvironment({ ARGYLE_SUBGRAPH: subgraph, DATABASE_URL: url }),
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
