import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { nameFaults } from './exported-names.ts'
import { sourceFiles } from './source-files.ts'

const faults = (...sources: [file: string, source: string][]) =>
  nameFaults(sources.map(([file, source]) => ({ file, source })))

test('no source file of the repository has a fault', () => {
  expect(nameFaults(sourceFiles(root))).toEqual([])
})

test.each([
  ['export type Request = string'],
  ['type Record = string'],
  ['export class Response {}'],
  ['export function fetch() {}'],
  ['interface Location {}'],
  ['const Text = 1'],
])('%s hides a name', (source) => {
  const [, name] = /(\w+)(?: =| \{|\()/.exec(source) ?? []
  expect(faults(['dev/a.ts', source])).toEqual([
    `dev/a.ts: ${name} hides a name of TypeScript or the web platform`,
  ])
})

test.each([
  ['a name inside a function', 'function ask() {\n  const Request = 1\n}'],
  ['a longer name', 'export type RequestOfCart = string'],
  ['a comment', '// type Request = string'],
])('%s hides none', (_, source) => {
  expect(faults(['dev/a.ts', source])).toEqual([])
})

test('two modules of a subgraph that export a name are named, and so are one of the kit and one of dev', () => {
  const cart = 'export type Cart = string'
  expect(faults(['subgraphs/orders/a.ts', cart], ['subgraphs/orders/b/c.ts', cart])).toEqual([
    'Cart: subgraphs/orders/a.ts and subgraphs/orders/b/c.ts export it with two meanings: rename one',
  ])
  expect(faults(['subgraphs/kit/a.ts', cart], ['dev/b.ts', cart])).toEqual([
    'Cart: subgraphs/kit/a.ts and dev/b.ts export it with two meanings: rename one',
  ])
})

test('two subgraphs may export the same name, and a name that is not exported may stand anywhere', () => {
  const cart = 'export type Cart = string'
  expect(faults(['subgraphs/orders/a.ts', cart], ['subgraphs/shipping/a.ts', cart])).toEqual([])
  expect(faults(['subgraphs/orders/a.ts', cart], ['subgraphs/orders/b.ts', 'type Cart = string'])).toEqual([])
})

test('overloads are one declaration', () => {
  const overloads = 'export function read(a: string): string\nexport function read(a: number): number'
  expect(faults(['subgraphs/orders/a.ts', overloads])).toEqual([])
})

test('the same purpose may have the same name, within the modules that are listed for it', () => {
  const decide = 'export function decide() {}'
  expect(faults(['subgraphs/orders/a.ts', decide], ['subgraphs/orders/b.ts', decide])).toEqual([])
  expect(faults(['dev/a.ts', decide], ['dev/b.ts', decide])).toHaveLength(1)
})

test('a program in the folder of another has names of its own, but none of the kit', () => {
  const cart = 'export type Cart = string'
  const program = 'subgraphs/payments/sandbox-gateway/a.ts'
  expect(faults([program, cart], ['subgraphs/payments/a.ts', cart])).toEqual([])
  expect(faults([program, cart], ['subgraphs/kit/a.ts', cart])).toHaveLength(1)
})
