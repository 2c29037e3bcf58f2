import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { testServer } from '@argyle/kit/testing/database'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sourceFaults } from '../check/checks.ts'
import { conventionFaults } from '../check/graph/graph-conventions.ts'
import { readCompose } from '../docker/compose-file.ts'
import { newSecrets } from '../docker/environment.ts'
import { serviceSupergraph } from '../docker/supergraph.ts'
import { startImage, stop } from '../docker/testing/image-process.ts'
import { foldersWith, root } from '../repository.ts'
import { copyRepository, type RepositoryCopy } from '../test/repository-copy.ts'
import { type Block, blocksOf, linesAdded } from './walk.ts'

const NODE = path.join(root, 'node_modules/.bin/node')
const blocks = blocksOf(readFileSync(path.join(root, 'docs/adding-a-subgraph.md'), 'utf8'))
/** Database for `npm run migrate` and for the image. */
const database = `test_walk_${randomUUID().replaceAll('-', '')}`
let copy: RepositoryCopy
let manifests: string
let image: string

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: testServer() })
  await admin.connect()
  await admin.query(sql).finally(() => admin.end())
}

function urlOf(name: string): string {
  const url = new URL(testServer())
  url.pathname = `/${name}`
  return url.href
}

/** Runs a program in the copy. @throws Error with its output when it fails */
function run(
  program: string,
  args: readonly string[],
  input?: string,
  more: Record<string, string> = {},
): string {
  const { PATH = '', HOME = '' } = environment()
  const env = { ...programEnvironment(), PATH: `${path.dirname(process.execPath)}:${PATH}`, HOME, ...more }
  try {
    return execFileSync(program, args, { cwd: copy.root, encoding: 'utf8', env, input, stdio: 'pipe' })
  } catch (error) {
    // execFileSync adds the program's output to its error.
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

function carryOut({ language, text }: Block): string {
  if (language === 'diff') return run('git', ['apply', '--whitespace=nowarn', '-'], text)
  return run('bash', ['-euo', 'pipefail', '-c', text], undefined, { DATABASE_URL: urlOf(database) })
}

/** Runs npm offline: every package that favourites needs is in the lockfile already. */
function npm(folder: string, ...args: string[]): string {
  const all = [...args, '--prefix', folder, '--offline', '--ignore-scripts', '--no-audit']
  return execFileSync('npm', all, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: environment().PATH },
    stdio: 'pipe',
  })
}

beforeAll(async () => {
  copy = copyRepository()
  manifests = mkdtempSync(path.join(tmpdir(), 'argyle-manifests-'))
  // Inside the repository, so that Node finds its packages.
  mkdirSync(path.join(root, '.data'), { recursive: true })
  image = mkdtempSync(path.join(root, '.data', 'image-'))
  await asAdmin(`CREATE DATABASE ${database}`)
  // The page runs the tests twice. The second run includes those of the first, which is skipped.
  const isTest = ({ text }: Block) => text.startsWith('npx vitest')
  const first = blocks.findIndex(isTest)
  for (const [place, block] of blocks.entries()) if (place !== first) carryOut(block)
}, 600_000)
afterAll(async () => {
  for (const folder of [manifests, image]) rmSync(folder, { recursive: true })
  copy.remove()
  await asAdmin(`DROP DATABASE ${database} WITH (FORCE)`)
})

test('the page creates a subgraph, adds a field in at most 60 lines, and runs its tests twice', () => {
  expect(blocks.filter(({ text }) => text.includes('npm run new'))).toHaveLength(1)
  expect(blocks.filter(({ text }) => text.startsWith('npx vitest run'))).toHaveLength(2)
  expect(linesAdded(blocks)).toBeGreaterThan(10)
  expect(linesAdded(blocks)).toBeLessThanOrEqual(60)
})

test('the new subgraph is listed everywhere, follows the conventions of sources and schemas, and composes', () => {
  expect(sourceFaults(copy.root)).toEqual([])
  const schema = readFileSync(path.join(copy.root, 'subgraphs/favourites/schema.graphql'), 'utf8')
  // The owner of Favourite is listed in the table of the copy, not in the one imported here.
  const faults = conventionFaults('favourites', schema).filter((fault) => !fault.includes('entityOwners'))
  expect(faults).toEqual([])
  expect(serviceSupergraph(copy.root)).toMatch(/url: "http:\/\/favourites:\d+\/graphql"/)
})

test('it compiles without type errors', { timeout: 300_000 }, () => {
  const only = {
    extends: './tsconfig.json',
    include: ['subgraphs/favourites', 'dev/check/graph/nullability.ts'],
  }
  writeFileSync(path.join(copy.root, 'tsconfig.walk.json'), JSON.stringify(only))
  expect(run('node_modules/.bin/tsc', ['--noEmit', '-p', 'tsconfig.walk.json'])).toBe('')
})

test('its migrations result in the tables of its schema.prisma', { timeout: 300_000 }, () => {
  const lacking = run(NODE, ['dev/migrate.ts', 'favourites', 'diff'], undefined, {
    DATABASE_URL: urlOf(database),
  })
  expect(lacking.trim()).toBe('-- This is an empty migration.')
})

test('the Dockerfile copies its manifest, and npm ci accepts the lockfile', () => {
  const [, step = ''] =
    /^RUN mkdir \/manifests && (.+)$/m.exec(readFileSync(path.join(root, 'Dockerfile'), 'utf8')) ?? []
  run('sh', ['-c', step.replaceAll('/manifests', manifests)])
  expect(readdirSync(path.join(manifests, 'subgraphs')).sort()).toEqual(
    foldersWith('subgraphs', 'package.json', copy.root),
  )
  // `npm ci` fails when the lockfile does not match the manifests.
  const installed = npm(manifests, 'ci', '--dry-run', '--omit=dev', '--workspace', '@argyle/favourites')
  expect(installed).toMatch(/added \d+ packages/)
})

test('its image contains its code, the kit and its migrations, and starts with the settings of its service', {
  timeout: 300_000,
}, async () => {
  run(NODE, ['dev/docker/assemble.ts', 'favourites', image])
  expect(readdirSync(path.join(image, 'subgraphs')).sort()).toEqual(['favourites', 'kit'])
  expect(readdirSync(path.join(image, 'prisma'))).toEqual(['favourites'])
  const code = readdirSync(path.join(image, 'subgraphs/favourites'))
  expect(code.filter((file) => file.includes('.test.'))).toEqual([])
  mkdirSync(path.join(image, 'node_modules/@argyle'), { recursive: true })
  symlinkSync(path.join(image, 'subgraphs/kit'), path.join(image, 'node_modules/@argyle/kit'))
  const names = foldersWith('subgraphs', 'schema.graphql', copy.root)
  const service = readCompose(newSecrets(names), copy.root).favourites
  if (!service) throw new Error('docker-compose.yml has no service favourites')
  const { child, ready } = await startImage(image, service, {
    DATABASE_URL: urlOf(database),
    EVENT_BUS: 'none',
  })
  expect(ready).toBe(200)
  expect(await stop(child)).toBe(0)
})
