import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { testDatabase } from '@argyle/kit/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { copyRepository, type RepositoryCopy } from '../test/repository-copy.ts'
import { readCompose } from './compose-file.ts'
import { newSecrets } from './environment.ts'
import { startImage, stop } from './testing/image-process.ts'

/** A copy of the repository with another subgraph, `favourites`, which is a renamed copy of reviews. */
let copy: RepositoryCopy
let repository: string
/** The manifests as the Dockerfile's stages copy them. */
let manifests: string
let image: string

beforeAll(() => {
  copy = copyRepository()
  repository = copy.root
  manifests = mkdtempSync(path.join(tmpdir(), 'argyle-manifests-'))
  // Inside the project, so that Node resolves packages as in an image.
  mkdirSync(path.join(root, '.data'), { recursive: true })
  image = mkdtempSync(path.join(root, '.data', 'image-'))
  for (const parent of ['subgraphs', 'prisma']) copy.duplicate(`${parent}/reviews`, 'favourites')
  rmSync(path.join(repository, 'subgraphs/favourites/generated'), { recursive: true })
  copy.edit('subgraphs/favourites/package.json', '@argyle/reviews', '@argyle/favourites')
  copy.edit('subgraphs/favourites/subgraph.ts', "name: 'reviews'", "name: 'favourites'")
  copy.edit('prisma/favourites/schema.prisma', 'subgraphs/reviews/', 'subgraphs/favourites/')
  npm(repository, 'install', '--package-lock-only')
})
afterAll(() => {
  for (const folder of [manifests, image]) rmSync(folder, { recursive: true })
  copy.remove()
})

/** Runs npm offline: every package that favourites needs is in the lockfile. */
function npm(folder: string, ...args: string[]): string {
  const options = { cwd: folder, encoding: 'utf8', env: { PATH: environment().PATH } } as const
  return execFileSync('npm', [...args, '--offline', '--ignore-scripts', '--no-audit'], {
    ...options,
    stdio: 'pipe',
  })
}

test('the Dockerfile takes the manifest of every workspace, new ones too', () => {
  const [, step = ''] =
    /^RUN mkdir \/manifests && (.+)$/m.exec(readFileSync(path.join(root, 'Dockerfile'), 'utf8')) ?? []
  execFileSync('sh', ['-c', step.replaceAll('/manifests', manifests)], { cwd: repository })
  expect(readdirSync(path.join(manifests, 'subgraphs')).sort()).toEqual(
    readdirSync(path.join(repository, 'subgraphs')).sort(),
  )
  // `npm ci` refuses a lockfile that does not match the manifests.
  const installed = npm(manifests, 'ci', '--dry-run', '--omit=dev', '--workspace', '@argyle/favourites')
  expect(installed).toMatch(/added \d+ packages/)
})

test('the image of a new subgraph holds its code, the kit and its migrations, and starts', {
  timeout: 60_000,
}, async () => {
  execFileSync(path.join(root, 'node_modules/.bin/node'), ['dev/docker/assemble.ts', 'favourites', image], {
    cwd: repository,
  })
  expect(readdirSync(path.join(image, 'subgraphs')).sort()).toEqual(['favourites', 'kit'])
  expect(readdirSync(path.join(image, 'prisma'))).toEqual(['favourites'])
  expect(
    readdirSync(path.join(image, 'subgraphs/favourites')).filter((file) => file.includes('.test.')),
  ).toEqual([])
  mkdirSync(path.join(image, 'node_modules/@argyle'), { recursive: true })
  symlinkSync(path.join(image, 'subgraphs/kit'), path.join(image, 'node_modules/@argyle/kit'))
  const service = readCompose(newSecrets()).reviews
  const command = ['node', 'subgraphs/favourites/main.ts']
  const database = await testDatabase('reviews')
  const addresses = { DATABASE_URL: database.url, EVENT_BUS: 'none' }
  const { child, ready } = await startImage(
    image,
    { environment: service?.environment ?? {}, command },
    addresses,
  )
  expect(ready).toBe(200)
  expect(await stop(child)).toBe(0)
  await database.drop()
})
