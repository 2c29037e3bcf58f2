import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { bareDatabase } from '@argyle/kit/testing/bare-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prismaEnvironment } from '../prisma-schema-engine/config.ts'
import { foldersWith, root } from '../repository.ts'

const ENGINE = path.join(root, 'dev/prisma-schema-engine/main.ts')

/** The schema engine as a process: one for all subgraphs, since a start of it and Prisma's CLI takes longer than a comparison. */
let engine: ChildProcess
let answers: AsyncIterator<string>
let database: Awaited<ReturnType<typeof bareDatabase>>
beforeAll(async () => {
  // The engine makes shadow databases beside this one.
  database = await bareDatabase()
  const args = ['--disable-warning=ExperimentalWarning', ENGINE]
  engine = spawn(process.execPath, [...args, '--datasource', JSON.stringify({ url: database.url })], {
    env: prismaEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (!engine.stdout) throw new Error('the engine has no output')
  answers = createInterface({ input: engine.stdout })[Symbol.asyncIterator]()
})
afterAll(async () => {
  engine?.stdin?.end()
  await database?.drop()
})

const file = (name: string) => ({ path: name, content: readFileSync(path.join(root, name), 'utf8') })

/** The question of `npm run migrate -- NAME diff`, as Prisma's CLI asks it. */
function questionAbout(name: string) {
  const folder = `prisma/${name}/migrations`
  const names = readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const migrationDirectories = names.map((one) => ({
    path: one,
    migrationFile: {
      path: 'migration.sql',
      content: { tag: 'ok', value: file(`${folder}/${one}/migration.sql`).content },
    },
  }))
  const lockfile = file(`${folder}/migration_lock.toml`)
  return {
    from: { tag: 'migrations', baseDir: folder, lockfile, shadowDbInitScript: '', migrationDirectories },
    to: { tag: 'schemaDatamodel', files: [file(`prisma/${name}/schema.prisma`)] },
    ...{ script: true, exitCode: null, filters: { externalTables: [], externalEnums: [] } },
  }
}

async function answer(params: unknown): Promise<unknown> {
  engine.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'diff', params })}\n`)
  for (;;) {
    const { value, done } = await answers.next()
    if (done) throw new Error('the engine ended')
    const message = JSON.parse(value)
    // Before the response it asks for its text to be printed.
    if (message.method !== 'print') return message
  }
}

// Otherwise the next `migrate dev` would add SQL that drops something created by a migration.
test.each(foldersWith('prisma', 'schema.prisma'))(
  'the migrations of %s result in the tables of its schema.prisma',
  async (name) => {
    expect(await answer(questionAbout(name))).toMatchObject({
      result: { stdout: expect.stringMatching(/^\s*-- This is an empty migration\.\s*$/) },
    })
  },
)
