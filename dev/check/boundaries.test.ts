import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { boundaryFaults, ROUTER_FOLDERS } from './boundaries.ts'
import { houseFaults } from './house-rules.ts'
import { importCycles } from './import-cycles.ts'
import { sourceFiles } from './source-files.ts'
import { FORM, formFaults, PUBLISHING } from './subgraph-form.ts'
import { placeFaults } from './subgraph-places.ts'

const files = sourceFiles(root)

test('all sources are looked at, and none that is generated', () => {
  const names = files.map(({ file }) => file)
  expect(names).toEqual(
    expect.arrayContaining([
      'dev/check/boundaries.test.ts',
      'router/compose.ts',
      'subgraphs/kit/schema/ids.ts',
    ]),
  )
  expect(names.filter((name) => /(?:^|\/)generated\//.test(name))).toEqual([])
})

// Git, Vitest, Biome and the checks pass over every folder of this name: the tests and sources in it would be seen by none of them.
test('no folder but those of generated code is called generated', () => {
  const folders = globSync('{*,{router,subgraphs,dev,bench,prisma}/**}/generated', {
    cwd: root,
    exclude: (name) => /(^|\/)node_modules(\/|$)/.test(name),
  })
  expect(folders.filter((folder) => !/^subgraphs.[a-z]+.generated$/.test(folder))).toEqual([])
})

test('imports follow the direction of dependencies', () => {
  expect(files.flatMap(({ file, source }) => boundaryFaults(file, source))).toEqual([])
})

test('no files of the router import each other', () => {
  const sources = files.filter(({ file }) => file.startsWith('router/') && !file.endsWith('.test.ts'))
  expect(sources.length).toBeGreaterThan(200)
  expect(importCycles(sources)).toEqual([])
})

test('a cycle of imports is found, over any number of files and by types too', () => {
  const cycle = [
    { file: 'a/one.ts', source: `import type { Two } from './two.ts'` },
    { file: 'a/two.ts', source: `export * from '../b/three.ts'` },
    { file: 'b/three.ts', source: `const one = await import('../a/one.ts')` },
    { file: 'b/four.ts', source: `import { one } from '../a/one.ts'` },
  ]
  expect(importCycles(cycle)).toEqual([['a/one.ts', 'a/two.ts', 'b/three.ts']])
  expect(importCycles(cycle.slice(1))).toEqual([])
})

test('every folder of the router has its directions', () => {
  const folders = new Set(files.flatMap(({ file }) => /^router\/([^/]+)\//.exec(file)?.[1] ?? []))
  // Rooms of tests may import everything.
  for (const name of ['conformance', 'fuzz', 'testing']) folders.delete(name)
  expect([...folders].sort()).toEqual(Object.keys(ROUTER_FOLDERS).sort())
})

test('every file follows the house rules', () => {
  expect(files.flatMap(({ file, source }) => houseFaults(file, source))).toEqual([])
})

test('every subgraph has the files that docs/subgraphs.md names', () => {
  expect(formFaults(root)).toEqual([])
})

test('every file of the form is explained in docs/subgraphs.md', () => {
  const page = readFileSync(path.join(root, 'docs/subgraphs.md'), 'utf8')
  expect([...FORM, ...PUBLISHING].filter((file) => !page.includes(`\`${file}`))).toEqual([])
})

test('every subgraph is listed in every place', () => {
  expect(placeFaults(root)).toEqual([])
})

test.each([
  ['router/main.ts', `import { a } from '../../subgraphs/kit/schema/ids.ts'`],
  ['router/main.ts', `import type { A } from '@argyle/kit/ids'`],
  ['router/http/server.ts', `export * from '../../dev/generate.ts'`],
  ['router/operation/operation.ts', `import type { Plan } from '../planning/plan.ts'`],
  ['router/fetching/sharing.ts', `import { answer } from '../http/answer-operation.ts'`],
  ['subgraphs/kit/schema/ids.ts', `import { a } from '@argyle/orders/cart'`],
  ['subgraphs/orders/cart.ts', `import {\n  a,\n  type B,\n} from '../products/product.ts'`],
  ['subgraphs/orders/cart.ts', `const a = await import('@argyle/reviews/review')`],
  ['subgraphs/orders/cart.ts', `import '../../router/main.ts'`],
  ['subgraphs/orders/cart.test.ts', `vi.mock('../users/session.ts')`],
  ['subgraphs/orders/main.ts', `import { a } from '../../dev/postgres/address.ts'`],
])('%s must not contain %s', (file, source) => {
  expect(boundaryFaults(file, source)).toEqual([expect.stringContaining(`${file} imports `)])
})

test.each([
  ['router/main.ts', `import { a } from './http/server.ts'\nimport { b } from 'graphql'`],
  ['router/planning/planner.ts', `import { quoted } from '../quoted.ts'`],
  ['router/planning/planner.test.ts', `import { listen } from '../http/server.ts'`],
  ['router/main.ts', `// import { a } from '../../subgraphs/kit/schema/ids.ts'`],
  [
    'subgraphs/orders/cart.ts',
    `import { a } from '@argyle/kit/ids'\nimport { b } from './generated/resolvers.ts'`,
  ],
  [
    'subgraphs/orders/events.test.ts',
    `import sample from '../products/event-samples/x.json' with { type: 'json' }`,
  ],
  [
    'dev/start.ts',
    `import { a } from '../../subgraphs/orders/subgraph.ts'\nimport { b } from '../router/serve.ts'`,
  ],
])('%s may contain %s', (file, source) => {
  expect(boundaryFaults(file, source)).toEqual([])
})

test.each([
  ['dev/long.ts', 'x\n'.repeat(251), '251 lines; a file has at most 250 lines, a test 400'],
  ['dev/orderStore.ts', '', 'file names are kebab-case'],
  ['router/utils.ts', '', 'a file is named for what is in it'],
  ['router/http/server.ts', 'const a = process.env.PORT', 'process.env appears only in config.ts'],
  [
    'router/http/server.ts',
    'const a: Readonly<Record<string, number>> = { b: 1 }',
    'what the router looks up by a name is a Map, or has no prototype: constructor and toString are names too',
  ],
  ['router/quoted.ts', 'const LONGEST_NAME = 100', 'the name of a bound begins with MAX_ or MIN_'],
  ['router/quoted.ts', 'const MOST = 100', 'the name of a bound begins with MAX_ or MIN_'],
  ['subgraphs/kit/schema/ids.ts', '// the id of a coupon', 'the kit holds no business word'],
])('in %s this is found: %#', (file, source, rule) => {
  expect(houseFaults(file, source)).toEqual([`${file}: ${rule}`])
})

test('a subgraph that is missing in a list is reported with the file', () => {
  const copy = mkdtempSync(path.join(tmpdir(), 'argyle-places-'))
  for (const name of ['supergraph.yaml', 'prisma']) {
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
  }
  writeFileSync(path.join(copy, 'docker-compose.yml'), 'services: { orders: { image: argyle } }')
  for (const name of ['kit', 'orders', 'hats']) {
    mkdirSync(path.join(copy, 'subgraphs', name), { recursive: true })
    if (name !== 'kit') writeFileSync(path.join(copy, 'subgraphs', name, 'schema.graphql'), '')
  }
  for (const file of ['kit.prisma', 'kit.sql']) {
    const place = path.join('subgraphs/kit/database', file)
    cpSync(path.join(root, place), path.join(copy, place))
  }
  writeFileSync(path.join(copy, 'prisma/orders/schema.prisma'), 'model OutboxMessage { id String @id }')
  const faults = placeFaults(copy)
  expect(faults).toEqual(
    expect.arrayContaining([
      'supergraph.yaml: hats is missing',
      'docker-compose.yml: hats is missing',
      'supergraph.yaml: there is no subgraphs/users/schema.graphql',
      'prisma/hats/schema.prisma: is missing',
      'prisma/orders/schema.prisma: does not contain subgraphs/kit/database/kit.prisma word for word',
    ]),
  )
  rmSync(copy, { recursive: true })
})
