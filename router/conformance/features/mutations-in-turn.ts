import { setTimeout as sleep } from 'node:timers/promises'
import type { Feature } from '../feature.ts'

/** Log of the resolvers' beginnings and ends, in order; the mutation `log` returns it, and clears it. */
const ledger: string[] = []
const noting =
  <Value>(name: string, value: Value) =>
  async () => {
    ledger.push(`>${name}`)
    // Long enough for a request that does not wait to come in between.
    await sleep(5)
    ledger.push(`<${name}`)
    return value
  }

/** A mutation's fields run one after the other (6.2.2), each with all that is selected of its object, wherever it comes from. */
export const mutationsInTurn: Feature = {
  name: 'mutations whose objects others complete',
  subgraphs: {
    makers: {
      sdl: `
        type Query { any: Int }
        type Mutation { make(name: String): Item }
        type Item @key(fields: "id") { id: ID! }`,
      resolvers: { Mutation: { make: noting('make', { id: '1' }) } },
    },
    extras: {
      sdl: `
        type Item @key(fields: "id") { id: ID! dear: Boolean kin: Kin }
        type Kin @key(fields: "code") { code: ID! }`,
      resolvers: { Item: { dear: noting('dear', true), kin: () => ({ code: 'k' }) } },
    },
    sums: {
      sdl: `
        type Mutation { sum(n: Int): Int log: String }
        type Kin @key(fields: "code") { code: ID! name: String }`,
      resolvers: {
        Mutation: { sum: noting('sum', 1), log: () => ledger.splice(0).join(' ') },
        Kin: { name: noting('name', 'Bo') },
      },
    },
  },
  cases: [
    {
      name: 'the next one waits for what completes the first',
      operation: 'mutation { a: make(name: "x") { dear } b: sum(n: 1) log }',
      data: { a: { dear: true }, b: 1, log: '>make <make >dear <dear >sum <sum' },
    },
    {
      name: 'and through a third subgraph, back to the first',
      operation:
        'mutation { a: make(name: "x") { kin { name } } b: sum(n: 1) c: make(name: "y") { id } log }',
      data: {
        a: { kin: { name: 'Bo' } },
        b: 1,
        c: { id: '1' },
        log: '>make <make >name <name >sum <sum >make <make',
      },
    },
    {
      name: 'neighbours of one subgraph, of which the first is completed by another',
      operation: 'mutation { a: make(name: "x") { dear } c: make(name: "y") { id } log }',
      data: { a: { dear: true }, c: { id: '1' }, log: '>make <make >dear <dear >make <make' },
      reference: {
        why: 'the plan asks one subgraph for neighbours together, whatever else the first needs',
        data: { a: { dear: true }, c: { id: '1' }, log: '>make <make >make <make >dear <dear' },
      },
    },
    {
      name: 'under conditions, some of them in fragments',
      operation: `mutation ($x: Boolean!) {
        a: make(name: "x") @include(if: $x) { dear }
        b: sum(n: 1)
        ... on Mutation @skip(if: $x) { c: make(name: "z") { dear } }
        d: sum(n: 2)
        log
      }`,
      variables: { x: false },
      data: { b: 1, c: { dear: true }, d: 1, log: '>sum <sum >make <make >dear <dear >sum <sum' },
    },
    {
      name: 'neighbours of one subgraph travel together as long as nothing completes them',
      operation: 'mutation { a: make(name: "x") { id } c: make(name: "y") { dear } log }',
      data: { a: { id: '1' }, c: { dear: true }, log: '>make <make >make <make >dear <dear' },
      calls: { makers: 1, extras: 1, sums: 1 },
    },
  ],
}
