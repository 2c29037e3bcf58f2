import type { QueryPlan } from '@apollo/query-planner'
import { parse } from 'graphql'
import { beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, userIdentity } from '../security/identity.ts'
import { buildSupergraph } from '../supergraph/supergraph.ts'
import { composed } from '../testing/router.ts'
import { cachedOperations, type Operations } from './operations.ts'
import type { Planner } from './planner.ts'

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
  type Query { open: Int mine: Int @authenticated }`
const SUPERGRAPH = buildSupergraph(composed([{ name: 'a', url: 'http://a.test', file: 'a', sdl: SDL }]))
const DOCUMENT = parse('query A { open mine } query B { open }')
const USER = userIdentity('usr_1', null, '')

let planned: string[]
let failing: boolean
let operations: Operations

beforeEach(() => {
  planned = []
  failing = false
  const planner: Planner = async ({ definition }) => {
    planned.push(definition.name?.value ?? '')
    await Promise.resolve()
    if (failing) throw new Error('no plan')
    return { kind: 'QueryPlan' } satisfies QueryPlan
  }
  operations = cachedOperations(SUPERGRAPH, planner, 2)
})

describe('planning', () => {
  test('happens once for callers who wait at the same time, and for those after', async () => {
    const prepared = operations.prepare('h', DOCUMENT, 'B')
    const plans = await Promise.all(
      [USER, ANONYMOUS, USER].map((identity) => operations.plan(prepared, identity)),
    )
    expect(new Set(plans).size).toBe(1)
    expect(await operations.plan(operations.prepare('h', DOCUMENT, 'B'), USER)).toBe(plans[0])
    expect(planned).toEqual(['B'])
  })

  test('happens once for each part that authorization leaves', async () => {
    const prepared = operations.prepare('h', DOCUMENT, 'A')
    const [user, nobody] = [await operations.plan(prepared, USER), await operations.plan(prepared, ANONYMOUS)]
    expect([user.refused, [...(nobody.refused?.operation.refusals.values() ?? [])]]).toEqual([
      null,
      [expect.objectContaining({ responseName: 'mine', code: 'UNAUTHENTICATED', nonNull: false })],
    ])
    await operations.plan(prepared, userIdentity('usr_2', null, 'other'))
    expect(planned).toEqual(['A', 'A'])
  })

  test('that fails is tried again by the next caller', async () => {
    failing = true
    const prepared = operations.prepare('h', DOCUMENT, 'B')
    await expect(operations.plan(prepared, USER)).rejects.toThrow('no plan')
    failing = false
    await expect(operations.plan(prepared, USER)).resolves.toMatchObject({ refused: null })
  })

  test('forgets what was used least recently', async () => {
    for (const hash of ['1', '2', '1', '3', '1', '2']) {
      await operations.plan(operations.prepare(hash, DOCUMENT, 'B'), USER)
    }
    expect(planned).toHaveLength(4)
  })

  test('keeps the operations of one document apart', () => {
    expect(operations.prepare('h', DOCUMENT, 'A').asked).toHaveLength(1)
    expect(operations.prepare('h', DOCUMENT, 'B').asked).toHaveLength(0)
    expect(() => operations.prepare('h', DOCUMENT, undefined)).toThrow('the document has A, B')
  })
})
