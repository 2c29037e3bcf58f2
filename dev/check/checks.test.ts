import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { sourceFaults } from './checks.ts'
import { FORM } from './subgraph-form.ts'

/** A repository with one subgraph, in which nothing is missing. */
let repository: string
beforeEach(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'argyle-sources-'))
  write('supergraph.yaml', 'subgraphs: { hats: {} }')
  write('docker-compose.yml', 'services: { hats: {} }')
  for (const file of FORM) write(`subgraphs/hats/${file}`, '')
  const kit = path.join(root, 'subgraphs/kit/database')
  for (const [name, place] of [
    ['kit.prisma', 'prisma/hats/schema.prisma'],
    ['kit.sql', 'prisma/hats/migrations/1_base/migration.sql'],
  ] as const)
    for (const copy of [place, `subgraphs/kit/database/${name}`])
      cpSync(path.join(kit, name), path.join(repository, copy))
})
afterEach(() => rmSync(repository, { recursive: true }))

function write(file: string, text: string): void {
  const place = path.join(repository, file)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileSync(place, text)
}

test('a repository without faults has none', () => {
  expect(sourceFaults(repository)).toEqual([])
})

test.each([
  [
    'subgraphs/hats/brim.ts',
    `import { a } from '../coats/a.ts'`,
    'subgraphs/hats/brim.ts imports ../coats/a.ts: a subgraph imports only the kit and its own files',
  ],
  ['dev/hatStore.ts', '', 'dev/hatStore.ts: file names are kebab-case'],
  ['dev/hat.ts', '// So much for that.', 'dev/hat.ts:1: a comment opens with "So much": '],
  ['dev/hat.ts', 'a\n'.repeat(80), 'dev/hat.ts: 80 lines need a test of their own name beside them'],
  ['dev/hat.ts', 'type Request = 1', 'dev/hat.ts: Request hides a name of TypeScript or the web platform'],
  ['docker-compose.yml', 'services: {}', 'docker-compose.yml: hats is missing'],
  ['subgraphs/hats/events.ts', '', 'subgraphs/hats/event-samples: is missing'],
  [
    'prisma/hats/migrations/1_base/migration.sql',
    'SELECT 1',
    'prisma/hats/migrations/1_base/migration.sql: does not contain subgraphs/kit/database/kit.sql word for word',
  ],
])('%s with %j is the one fault', (file, text, fault) => {
  write(file, text)
  expect(sourceFaults(repository)).toEqual([expect.stringContaining(fault)])
})

test('a subgraph without migrations is named', () => {
  rmSync(path.join(repository, 'prisma/hats/migrations'), { recursive: true })
  expect(sourceFaults(repository)).toEqual(['prisma/hats/migrations: has no migration'])
})

test.each(FORM)('a subgraph without %s is named', (file) => {
  rmSync(path.join(repository, 'subgraphs/hats', file))
  const faults = sourceFaults(repository)
  if (file === 'schema.graphql')
    expect(faults).toEqual(['supergraph.yaml: there is no subgraphs/hats/schema.graphql'])
  else expect(faults).toEqual([`subgraphs/hats/${file}: is missing (docs/subgraphs.md says what it is for)`])
})
