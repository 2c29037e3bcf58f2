import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Envelope, envelopeSchema } from '@argyle/kit/envelope'
import { expect, test } from 'vitest'
import { foldersWith, root } from '../repository.ts'
import { importSubgraph, isSubgraphName, SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'

/** The table rows of the catalogue that start with a message type, with their cells. */
const rows = readFileSync(path.join(root, 'docs/contracts/events.md'), 'utf8')
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
    expect([envelope.type, listed.length]).toEqual([envelope.type, 1])
    const named = new Set(listed[0]?.cells.join(' ').match(/\b[a-z][A-Za-z0-9]*\b/g))
    const fields = Object.keys(objectOf(envelope.data))
    expect([envelope.type, fields.filter((field) => !named.has(field))]).toEqual([envelope.type, []])
  }
})

test('the catalogue lists nothing that has no sample', () => {
  const known = new Set(samples.map(({ envelope }) => envelope.type))
  expect(rows.map(({ type }) => type).filter((type) => !known.has(type))).toEqual([])
})

test('the catalogue names the listeners of each event as the subgraphs declare them', async () => {
  const heard: [subgraph: string, type: string][] = []
  for (const name of SUBGRAPH_NAMES) {
    const { listens = {} } = await importSubgraph(name)
    for (const type of Object.keys(listens)) heard.push([name, type])
  }
  expect(heard.filter(([, type]) => !rows.some((row) => row.type === type))).toEqual([])
  // A command names its receiver; only events have a column of listeners.
  for (const { type, cells } of rows.filter((row) => row.cells.length === 4)) {
    const listed = cells[2]?.split(', ').filter(isSubgraphName) ?? []
    const listening = heard.filter(([, heardType]) => heardType === type).map(([name]) => name)
    expect([type, listed.sort()]).toEqual([type, listening.sort()])
  }
})

/** The data of a message, which is always an object. */
function objectOf(data: unknown): object {
  if (data === null || typeof data !== 'object') throw new Error(`no object: ${JSON.stringify(data)}`)
  return data
}
