import { parse } from 'graphql'
import { beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, EXPIRED, userIdentity } from '../security/identity.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed } from '../testing/router.ts'
import type { Executor, Program } from './executor.ts'
import { cachedOperations, type Operations } from './operation-cache.ts'

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes"])
  type Query { open(n: Int): Int mine: Int @authenticated ${scopedFields()} }`
const SUPERGRAPH = buildSupergraph(composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: SDL }]))
const DOCUMENT = parse(
  'query A { open mine } query B { open } query Scoped { s0 s1 s2 s3 s4 } query N($n: Int) { open(n: $n) }',
)
const USER = userIdentity('usr_1', null, '')

function scopedFields(): string {
  return Array.from(
    { length: 5 },
    (_, place) => `s${place}: Int @requiresScopes(scopes: [["s${place}"]])`,
  ).join(' ')
}

/** A user with each scope whose bit is set. */
function scopedUser(bits: number) {
  const scopes = [0, 1, 2, 3, 4].filter((place) => bits & (1 << place)).map((place) => `s${place}`)
  return userIdentity('usr_1', null, scopes.join(' '))
}

let planned: string[]
let refused: unknown[]
let failing: boolean
let operations: Operations
let executor: Executor

beforeEach(() => {
  planned = []
  refused = []
  failing = false
  executor = {
    async compile(operation) {
      planned.push(operation.definition.name?.value ?? '')
      refused.push(...('refusals' in operation ? operation.refusals.values() : []))
      await Promise.resolve()
      if (failing) throw new Error('no plan')
      return {
        run: async () => ({ data: null, errors: [] }),
        explain: () => '',
        plan: async () => ({ object: null, text: '', picture: '' }),
      } satisfies Program
    },
  }
  operations = cachedOperations(SUPERGRAPH, executor, { operations: 2, programs: 1_000_000 })
})

describe('compiling', () => {
  test('happens once for callers who wait at the same time, and for those after', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'B')
    const programs = await Promise.all(
      [USER, ANONYMOUS, USER].map((identity) => operations.program(prepared, identity)),
    )
    expect(new Set(programs).size).toBe(1)
    expect(
      await operations.program(
        operations.prepare('h', () => DOCUMENT, 'B'),
        USER,
      ),
    ).toBe(programs[0])
    expect(planned).toEqual(['B'])
  })

  test('happens once for each part that authorization leaves', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'A')
    await operations.program(prepared, USER)
    expect(refused).toEqual([])
    await operations.program(prepared, ANONYMOUS)
    expect(refused).toMatchObject([{ responseName: 'mine', code: 'UNAUTHENTICATED', nonNull: false }])
    await operations.program(prepared, userIdentity('usr_2', null, 'other'))
    expect(planned).toEqual(['A', 'A'])
  })

  test('happens apart for a caller whose token has expired, who is told so', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'A')
    for (const identity of [ANONYMOUS, EXPIRED, EXPIRED]) await operations.program(prepared, identity)
    expect(refused).toMatchObject([
      { code: 'UNAUTHENTICATED', message: 'Query.mine needs a signed-in caller.' },
      {
        code: 'UNAUTHENTICATED',
        message: 'Query.mine needs a signed-in caller: the access token has expired.',
      },
    ])
    await operations.program(
      operations.prepare('h', () => DOCUMENT, 'Scoped'),
      userIdentity('usr_1', null, ''),
    )
    expect(refused.slice(2).map((field) => (field as { code: string }).code)).toEqual(
      Array(5).fill('FORBIDDEN'),
    )
  })

  test('has the part that authorization leaves also when the operation is read again', async () => {
    const read: unknown[] = []
    const compile: Executor['compile'] = (operation) => {
      const again = operation.again?.()
      const refusals = again && 'refusals' in again ? again.refusals : null
      if (refusals instanceof Map) read.push(...refusals.values())
      return executor.compile(operation)
    }
    const reading = cachedOperations(SUPERGRAPH, { compile }, { operations: 2, programs: 1_000_000 })
    await reading.program(
      reading.prepare('h', () => DOCUMENT, 'A'),
      ANONYMOUS,
    )
    expect(read).toMatchObject([{ responseName: 'mine' }])
    expect(read).toEqual(refused)
  })

  test('happens once for a variable that may be null, whether it is', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'N')
    for (const n of [1, null]) await operations.program(prepared, USER, { n })
    expect(planned).toEqual(['N'])
  })

  test('is kept for sixteen parts that authorization leaves, the latest ones', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'Scoped')
    for (let bits = 0; bits <= 16; bits++) await operations.program(prepared, scopedUser(bits))
    expect(prepared.programs.size).toBe(16)
    await operations.program(prepared, scopedUser(1))
    expect(planned).toHaveLength(17)
    await operations.program(prepared, scopedUser(0))
    expect(planned).toHaveLength(18)
  })

  test('that fails is tried again by the next caller', async () => {
    failing = true
    const prepared = operations.prepare('h', () => DOCUMENT, 'B')
    await expect(operations.program(prepared, USER)).rejects.toThrow('no plan')
    failing = false
    await expect(operations.program(prepared, USER)).resolves.toBeDefined()
  })

  test('that fails after another program has taken its place leaves that one', async () => {
    const fail: (() => void)[] = []
    executor.compile = () =>
      new Promise((_, reject) => {
        fail.push(() => reject(new Error('no plan')))
      })
    const prepared = operations.prepare('h', () => DOCUMENT, 'Scoped')
    const programFor = (bits: number) => {
      const program = operations.program(prepared, scopedUser(bits))
      program.catch(() => {})
      return program
    }
    const dropped = programFor(0)
    for (let bits = 1; bits <= 16; bits++) programFor(bits)
    const again = programFor(0)
    expect(again).not.toBe(dropped)
    fail[0]?.()
    await expect(dropped).rejects.toThrow('no plan')
    expect(programFor(0)).toBe(again)
    expect([dropped, again].map(operations.isPending)).toEqual([false, true])
  })

  test('forgets what was used least recently', async () => {
    for (const hash of ['1', '2', '1', '3', '1', '2']) {
      await operations.program(
        operations.prepare(hash, () => DOCUMENT, 'B'),
        USER,
      )
    }
    expect(planned).toHaveLength(4)
  })

  test('is kept up to the memory of all programs, by the selections of their operations', async () => {
    // 8,192 bytes, and 300 for each of 100 fields.
    const document = parse(`{ ${Array.from({ length: 100 }, (_, place) => `f${place}: open`).join(' ')} }`)
    const planFor = async (programs: number) => {
      operations = cachedOperations(SUPERGRAPH, executor, { operations: 100, programs })
      planned = []
      for (const hash of ['1', '2', '1', '2']) {
        const prepared = operations.prepare(hash, () => document, undefined)
        await operations.program(prepared, USER)
      }
      return planned.length
    }
    expect(await planFor(2 * 38_192)).toBe(2)
    expect(await planFor(2 * 38_192 - 1)).toBe(4)
  })

  test('is pending until it has ended, well or not', async () => {
    const prepared = operations.prepare('h', () => DOCUMENT, 'B')
    for (const isFailing of [true, false]) {
      failing = isFailing
      const program = operations.program(prepared, USER)
      expect(operations.isPending(program)).toBe(true)
      await program.catch(() => {})
      expect(operations.isPending(program)).toBe(false)
    }
  })

  test('keeps the operations of one document apart', () => {
    expect(operations.prepare('h', () => DOCUMENT, 'A').asked).toHaveLength(1)
    expect(operations.prepare('h', () => DOCUMENT, 'B').asked).toHaveLength(0)
    expect(() => operations.prepare('h', () => DOCUMENT, undefined)).toThrow('the document has A, B, Scoped')
  })
})
