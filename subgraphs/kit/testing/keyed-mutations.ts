import { readFileSync } from 'node:fs'
import { Kind, parse, visit } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Viewer } from '../identity/identity.ts'
import { newId } from '../schema/ids.ts'
import { withOthers } from './others-kept.ts'
import type { OperationResult, TestSubgraph } from './subgraph.ts'

/** The mutations of a schema file whose input has this field, sorted. */
export function mutationsWith(inputField: string, schema: URL): string[] {
  const inputs = new Set<string>()
  const takes = new Map<string, string>()
  visit(parse(readFileSync(schema, 'utf8')), {
    InputObjectTypeDefinition({ name, fields }) {
      if (fields?.some((field) => field.name.value === inputField)) inputs.add(name.value)
    },
    FieldDefinition({ name, arguments: args }) {
      const type = args?.find((argument) => argument.name.value === 'input')?.type
      if (type?.kind === Kind.NON_NULL_TYPE && type.type.kind === Kind.NAMED_TYPE)
        takes.set(name.value, type.type.name.value)
    },
  })
  return [...takes].flatMap(([mutation, input]) => (inputs.has(input) ? [mutation] : [])).sort()
}

/**
 * The mutations of a schema file whose input has an `idempotencyKey`, sorted. A test of all of them compares
 * its list with this one, so that it fails when the schema gains a mutation that the test lacks.
 */
export const keyedMutations = (schema: URL): string[] => mutationsWith('idempotencyKey', schema)

// biome-ignore lint/suspicious/noExplicitAny: payloads are read by path in assertions
type Payload = any

/** A mutation with two callers who may run it, and their inputs without a key. */
export type KeyedMutation = {
  readonly callers: readonly [Viewer, Viewer]
  readonly input: object
  /** Other inputs of the first caller. */
  readonly other: object | readonly object[]
  /** The second caller's input; left out: that of the first. */
  readonly theirs?: object
  /** Identifies the effect, e.g. the id of the created row. */
  effect(payload: Payload): unknown
}

/** One key for everything: it belongs to one mutation of one caller. Long enough for a guest's. */
const KEY = 'the only key of these tests'

/** The input with another id in each field that names one. What proves a guest is checked before the key. */
const withOtherIds = (input: object): object[] =>
  Object.entries(input).flatMap(([field, value]) =>
    /^id$|Id$/.test(field) ? [{ ...input, [field]: newId(String(value).slice(0, 3)) }] : [],
  )

/**
 * Tests each mutation with an idempotency key: sent at once and again, with another input, from another caller. The rows of
 * everybody else stay as they are.
 * @param shop opens before these tests, e.g. in `beforeAll`
 * @param run runs a mutation by its name
 * @param mutations a row for each keyed mutation of the schema. It is made twice: `time` is 1, then 2
 */
export function testKeyedMutations<Name extends string>(
  schema: URL,
  shop: () => Pick<TestSubgraph, 'manyAtOnce' | 'everyRow'>,
  run: (name: Name, input: object, viewer: Viewer) => Promise<OperationResult>,
  mutations: Readonly<Record<Name, (time: number) => Promise<KeyedMutation>>>,
): void {
  test('the table has every mutation that takes a key', () => {
    expect(Object.keys(mutations).sort()).toEqual(keyedMutations(schema))
  })

  // The keys of the table, which its type names.
  describe.each(Object.keys(mutations) as Name[])('%s', (name) => {
    let about: KeyedMutation
    let first: unknown
    let expectOthersKept: () => Promise<void>
    beforeAll(async () => {
      // Rows of other people, like those of the callers.
      await mutations[name](1)
      const { own, expectKept } = await withOthers(shop(), () => mutations[name](2))
      about = own
      expectOthersKept = expectKept
    })
    const send = async (input: object, viewer: Viewer): Promise<Payload> => {
      const { data, errors } = await run(name, { ...input, idempotencyKey: KEY }, viewer)
      expect(errors).toEqual([])
      return data[name]
    }

    test('sent at once and again under one key has one effect', async () => {
      const { callers, input, effect } = about
      const payloads = await shop().manyAtOnce(3, () => send(input, callers[0]))
      payloads.push(await send(input, callers[0]))
      expect(payloads.flatMap(({ userErrors }) => userErrors)).toEqual([])
      first = effect(payloads[0])
      expect(first).toBeDefined()
      expect(payloads.map(effect)).toEqual(payloads.map(() => first))
    })

    test('with another input under the key is refused', async () => {
      for (const other of [about.other, withOtherIds(about.input)].flat()) {
        const { userErrors } = await send(other, about.callers[0])
        expect([other, userErrors]).toEqual([
          other,
          [
            expect.objectContaining({
              __typename: 'IdempotencyKeyReusedError',
              message: expect.stringContaining(JSON.stringify(KEY)),
            }),
          ],
        ])
      }
    })

    test('of another caller under the same key has an effect of its own', async () => {
      const { callers, input, theirs = input, effect } = about
      const payload = await send(theirs, callers[1])
      expect(payload.userErrors).toEqual([])
      expect(effect(payload)).not.toEqual(first)
    })

    test('leaves the rows of everybody else as they are', () => expectOthersKept())
  })
}
