import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { expect, test } from 'vitest'
import { foldersWith, root } from '../repository.ts'
import { importSubgraph, isSubgraphName, SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'

const PAGE = 'docs/contracts/events.md'

/** The table rows of the catalogue that start with a message type, with their cells. */
const rows = readFileSync(path.join(root, PAGE), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, first = '', ...cells]) => {
    const type = /^`([a-z]+(?:\.[a-z_]+)+)`$/.exec(first)?.[1]
    return type ? [{ type, cells }] : []
  })

const samples = foldersWith('subgraphs', 'event-samples').flatMap((publisher) =>
  readdirSync(path.join(root, 'subgraphs', publisher, 'event-samples')).map((file) => {
    const text = readFileSync(path.join(root, 'subgraphs', publisher, 'event-samples', file), 'utf8')
    const envelope: Envelope = envelopeSchema.parse(JSON.parse(text))
    return { publisher, file, envelope }
  }),
)

test('each sample is an envelope of its publisher, in a file named for its type', () => {
  expect(samples.length).toBeGreaterThan(0)
  for (const { publisher, file, envelope } of samples) {
    expect([file, envelope.source]).toEqual([`${envelope.type}.json`, publisher])
  }
})

test('the catalogue lists every type once, and each field of its data', () => {
  for (const { envelope } of samples) {
    const listed = rows.filter(({ type }) => type === envelope.type)
    expect(listed.length, `rows of ${envelope.type} in ${PAGE}`).toBe(1)
    const named = new Set(listed[0]?.cells.join(' ').match(/\b[a-z][A-Za-z0-9]*\b/g))
    const fields = Object.keys(objectOf(envelope.data))
    const missing = fields.filter((field) => !named.has(field))
    expect(missing, `fields of ${envelope.type} that its row in ${PAGE} lacks`).toEqual([])
  }
})

test('each type that an events.ts or commands.ts creates has a sample', () => {
  const created = foldersWith('subgraphs', 'events.ts').flatMap((name) =>
    ['events.ts', 'commands.ts']
      .map((file) => path.join(root, 'subgraphs', name, file))
      .filter((file) => existsSync(file))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\btype: '([a-z]+\.[a-z_.]+)'/g)])
      .map(([, type = '']) => type),
  )
  expect(created.length).toBeGreaterThan(10)
  const known = new Set(samples.map(({ envelope }) => envelope.type))
  expect(
    created.filter((type) => !known.has(type)),
    'types without a sample in event-samples/ of their publisher',
  ).toEqual([])
})

test('the catalogue lists nothing that has no sample', () => {
  const known = new Set(samples.map(({ envelope }) => envelope.type))
  const unknown = rows.map(({ type }) => type).filter((type) => !known.has(type))
  expect(unknown, `types in ${PAGE} without a sample in event-samples/`).toEqual([])
})

test('the catalogue names the listeners of each event as the subgraphs declare them', async () => {
  const listeners: [subgraph: string, type: string][] = []
  for (const name of SUBGRAPH_NAMES) {
    const { listens = {} } = await importSubgraph(name)
    for (const type of Object.keys(listens)) listeners.push([name, type])
  }
  const unlisted = listeners.filter(([, type]) => !rows.some((row) => row.type === type))
  expect(unlisted, `types in listens.ts without a row in ${PAGE}`).toEqual([])
  // A command names its receiver; only events have a column of listeners.
  for (const { type, cells } of rows.filter((row) => row.cells.length === 4)) {
    const listed = cells[2]?.split(', ').filter(isSubgraphName) ?? []
    const listening = listeners.filter(([, listenedType]) => listenedType === type).map(([name]) => name)
    expect(listed.sort(), `listeners of ${type} in ${PAGE}, and in listens.ts`).toEqual(listening.sort())
  }
})

/** The data of a message, which is always an object. */
function objectOf(data: unknown): object {
  if (data === null || typeof data !== 'object') throw new Error(`no object: ${JSON.stringify(data)}`)
  return data
}
