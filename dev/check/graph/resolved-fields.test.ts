import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { compiledWithFields, mappedFieldsSource } from './resolved-fields.ts'

const shop = {
  name: 'shop',
  sdl: `
    type Query { sock: Sock shoe: String }
    type Mutation { wash: Boolean }
    type Sock { id: ID! colour: String weight: Int @external size: Int }
    extend type User { socks: [Sock] }
    type Page { title: String }`,
  resolvers: { Query: { sock: () => null }, Mutation: { wash: () => true }, Sock: { size: () => 1 } },
  mapped: ['Sock', 'User'],
}

/** The faults that are found when the compiler reports these lines of its file. */
async function faults(...reported: string[]): Promise<string[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'argyle-fields-'))
  const file = path.join(root, 'dev/generated/mapped-fields.ts')
  const text = await compiledWithFields(root, [shop], async () => {
    const lines = readFileSync(file, 'utf8').split('\n')
    const places = reported.map((part) => lines.findIndex((line) => line.includes(part)) + 1)
    return [
      'a.ts(1,1): error TS1: a fault',
      ...places.map((line) => `dev/generated/mapped-fields.ts(${line},7): error TS2`),
    ].join('\n')
  })
  expect(existsSync(path.dirname(file))).toBe(false)
  rmSync(root, { recursive: true })
  return text.split('\n')
}

test('a field of a mapped type is compared with its properties, unless a resolver or another subgraph has it', () => {
  const lines = mappedFieldsSource([shop]).source.trimEnd().split('\n')
  expect(lines).toEqual([
    "import type { ResolversParentTypes as shop } from '../../subgraphs/shop/generated/resolvers.ts'",
    'type Key<T> = T extends unknown ? keyof T : never',
    `void ('id' satisfies Key<shop['Sock']>)`,
    `void ('colour' satisfies Key<shop['Sock']>)`,
    `void ('socks' satisfies Key<shop['User']>)`,
  ])
})

test('a field that is neither resolved nor a property is named, as is a root field without a resolver', async () => {
  const none = 'has no resolver, and its mapped type no such property: it is always null'
  expect(await faults(`'colour'`, `'socks'`)).toEqual([
    'a.ts(1,1): error TS1: a fault',
    `subgraphs/shop/schema.graphql: Sock.colour ${none}`,
    `subgraphs/shop/schema.graphql: User.socks ${none}`,
    'subgraphs/shop/schema.graphql: Query.shoe has no resolver: it is always null',
  ])
})
