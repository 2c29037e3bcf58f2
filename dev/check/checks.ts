import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parse } from 'graphql'
import { limitFaults, limitsPage } from '../docs/limits.ts'
import { readCodegenSettings } from '../generate/codegen-config.ts'
import { foldersWith, root } from '../repository.ts'
import { importSubgraph } from '../shop/subgraphs/subgraphs.ts'
import { boundaryFaults } from './boundaries.ts'
import { commentFaults } from './comment-openings.ts'
import { nameFaults } from './exported-names.ts'
import { conventionFaults } from './graph/graph-conventions.ts'
import { compiledWithFields } from './graph/resolved-fields.ts'
import { outline } from './graph/schema-outline.ts'
import { sharedDescriptions } from './graph/shared-descriptions.ts'
import { houseFaults } from './house-rules.ts'
import { sourceFiles } from './source-files.ts'
import { formFaults } from './subgraph-form.ts'
import { placeFaults } from './subgraph-places.ts'
import { testFaults } from './tested-files.ts'

/** A property of the whole repository; `run` returns the violations, or an empty text. */
export type Check = { name: string; run: () => Promise<string> }

/** The checks of `npm run check`, easiest to fix first. */
export const checks: readonly Check[] = [
  { name: 'types and resolved fields', run: types },
  { name: 'format and lint', run: formatAndLint },
  { name: 'unused code', run: () => tool('knip', '--no-progress') },
  { name: 'boundaries', run: async () => lines(sourceFaults(root)) },
  { name: 'limits', run: async () => limits() },
  { name: 'graph conventions', run: async () => lines(graphConventions()) },
  { name: 'composition', run: () => tool('node', 'router/compose.ts', '--output', '-') },
]

/** Violations in the source files of a repository. */
export function sourceFaults(repository: string): string[] {
  const sources = sourceFiles(repository)
  const ofFiles = sources.flatMap(({ file, source }) => [
    ...boundaryFaults(file, source),
    ...houseFaults(file, source),
    ...commentFaults(file, source),
    ...testFaults(repository, file, source),
  ])
  return [...ofFiles, ...nameFaults(sources), ...placeFaults(repository), ...formFaults(repository)]
}

function limits(): string {
  const page = readFileSync(path.join(root, 'docs/limits.md'), 'utf8')
  const sources = sourceFiles(root)
  const faults = limitFaults(sources)
  const isCurrent = page === limitsPage(sources)
  return lines(isCurrent ? faults : [...faults, 'docs/limits.md is not up to date: npm run limits'])
}

function graphConventions(): string[] {
  const schemas = foldersWith('subgraphs', 'schema.graphql').map((name) => {
    return { name, sdl: readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8') }
  })
  return [
    ...schemas.flatMap(({ name, sdl }) => conventionFaults(name, sdl).map((fault) => `${name}: ${fault}`)),
    ...sharedDescriptions(schemas.map(({ name, sdl }) => outline(name, sdl))),
  ]
}

async function types(): Promise<string> {
  const subgraphs = await Promise.all(
    foldersWith('subgraphs', 'schema.graphql').map(async (name) => {
      const read = (file: string) => readFileSync(path.join(root, 'subgraphs', name, file), 'utf8')
      const [sdl, settings] = [read('schema.graphql'), read('codegen.json')]
      const { mappers } = readCodegenSettings('codegen.json', settings, parse(sdl))
      const { resolvers } = await importSubgraph(name)
      return { name, sdl, resolvers: { ...resolvers }, mapped: Object.keys(mappers) }
    }),
  )
  return compiledWithFields(root, subgraphs, () => tool('tsc', '--noEmit', '--pretty', 'false', '-p', '.'))
}

async function formatAndLint(): Promise<string> {
  const faults = await tool('biome', 'check', '--colors=off', '.')
  return faults && `${faults}\nnpm run format formats, and applies safe lint fixes.`
}

const lines = (faults: readonly string[]) => faults.join('\n')

/** Runs a program of node_modules/.bin at the root and returns its output if it fails. */
async function tool(name: string, ...args: string[]): Promise<string> {
  const child = spawn(path.join(root, 'node_modules', '.bin', name), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return code === 0 ? '' : `${stdout}${stderr}`.trim() || `${name} ended with ${code}`
}
