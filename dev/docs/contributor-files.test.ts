import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { root } from '../repository.ts'
import { markdownFiles } from './markdown.ts'

/** Paths that a page gives as the form of others, of its example, or of a file that a command writes. */
const PLACEHOLDER = /\bthings?\b|NAME|favourites|^\.|^deploy\/|^coverage\//

/** The paths of all files, each between a slash and the end of a line. */
function sourcePaths(): string {
  const exclude = (file: string) => /(^|\/)(node_modules|\.git|\.data|coverage)$/.test(file)
  const files = globSync('**/*.*', { cwd: root, exclude })
  return files.map((file) => `/${file.split(path.sep).join('/')}\n`).join('')
}

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const manifest = z
  .object({
    version: z.string(),
    license: z.string(),
    scripts: z.record(z.string(), z.string()),
    devDependencies: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(read('package.json')))

test('every npm script that a page names is in package.json', () => {
  const named = markdownFiles(root).flatMap(({ file, text }) =>
    [...text.matchAll(/npm run (?:--silent |-s )?([a-z][a-z:-]*)/g)].map(([, script = '']) => ({
      file,
      script,
    })),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(({ script }) => !(script in manifest.scripts))).toEqual([])
})

test('a line of a shell block holds one command, and a comment at its end', () => {
  const faults = markdownFiles(root).flatMap(({ file, text }) =>
    [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)]
      .flatMap(([, block = '']) => block.split('\n'))
      .filter((line) => / # .*(?: # |\bnp[mx] )/.test(line))
      .map((line) => `${file}: ${line}`),
  )
  expect(faults).toEqual([])
})

test('every path in the code spans of a page is in the repository', () => {
  const files = sourcePaths()
  const span = /`((?:[\w.@-]+\/)+[\w.@-]+\.(?:ts|md|graphql|prisma|json|sql))`/g
  const named = markdownFiles(root)
    .filter(({ file }) => file !== 'CHANGELOG.md')
    .flatMap(({ file, text }) => [...text.matchAll(span)].map(([, place = '']) => ({ file, place })))
  expect(named.length).toBeGreaterThan(100)
  const missing = named.filter(({ place }) => {
    const end = path.posix
      .normalize(place)
      .replace(/^(?:\.\.\/)+/, '/')
      .replace(/^\/*/, '/')
    return !PLACEHOLDER.test(place) && !files.includes(`${end}\n`)
  })
  expect(missing).toEqual([])
})

test('every folder of dev/ has a README, which dev/README.md links', () => {
  const folders = readdirSync(path.join(root, 'dev'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // Output of `npm run check`, which stays when it is interrupted.
    .filter((name) => name !== 'generated')
  const index = read('dev/README.md')
  expect(folders.length).toBeGreaterThan(10)
  expect(folders.filter((name) => !existsSync(path.join(root, 'dev', name, 'README.md')))).toEqual([])
  expect(folders.filter((name) => !index.includes(`(${name}/README.md)`))).toEqual([])
})

test('.nvmrc names the Node of the packages', () => {
  expect(read('.nvmrc').trim()).toBe(manifest.devDependencies.node)
})

test('LICENSE is the license of package.json', () => {
  expect(read('LICENSE').split('\n')[0]).toBe(`${manifest.license} License`)
})

test('the newest version of CHANGELOG.md, if any, is the version of package.json', () => {
  const [first, second] = [...read('CHANGELOG.md').matchAll(/^## \[?([\w.-]+)/gm)].map(([, name]) => name)
  expect(first).toBe('Unreleased')
  expect(second ?? manifest.version).toBe(manifest.version)
})

test('launch configurations start files that exist, on the Node of the packages', () => {
  const launch = z.object({
    configurations: z.array(
      z
        .object({ name: z.string(), request: z.string(), program: z.string(), runtimeExecutable: z.string() })
        .partial(),
    ),
  })
  const { configurations } = launch.parse(JSON.parse(read('.vscode/launch.json')))
  const started = configurations.filter(({ request }) => request === 'launch')
  expect(started.map(({ name }) => name)).toEqual(['Shop', 'Test: the open file'])
  for (const { program = '', runtimeExecutable } of started) {
    expect(runtimeExecutable).toBe('$' + '{workspaceFolder}/node_modules/.bin/node')
    expect(existsSync(path.join(root, program.replace('$' + '{workspaceFolder}', '')))).toBe(true)
  }
})
