import { Kind, parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { RequestContext } from '../request-context.ts'
import { decidingMutations } from './mutation-conditions.ts'

/**
 * An executor that returns and records the operation that it was given to compile.
 * @param waiting is awaited before the plan of an operation fails.
 */
function opened(text: string, waiting: readonly Promise<unknown>[] = []) {
  const [definition] = parse(text, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation was expected')
  const compiled: string[] = []
  const executor = decidingMutations({
    async compile(operation) {
      const selections = print(operation.definition.selectionSet).replace(/\s+/g, ' ')
      compiled.push(selections)
      if (selections.includes('@skip(if: true)')) {
        await waiting[compiled.filter((one) => one === selections).length - 1]
        throw new Error('no plan')
      }
      const plan = async () => ({ object: null, text: selections, picture: '' })
      return { run: async () => ({ data: selections, errors: [] }), explain: () => selections, plan }
    },
  })
  return { compiled, program: executor.compile({ definition, fragments: {} }) }
}

// The context is not read here.
const CONTEXT = {} as RequestContext

describe('a mutation under conditions', () => {
  test('is compiled for each combination, once, with what is taken most first', async () => {
    const { compiled, program } = opened('mutation ($a: Boolean!) { x @include(if: $a) y }')
    const { run, explain, plan } = await program
    expect(explain(false)).toBe('{ x @include(if: true) y }')
    for (const a of [true, false]) expect((await plan({ a })).text).toBe(`{ x @include(if: ${a}) y }`)
    for (const a of [false, true, false]) {
      expect((await run({ a }, CONTEXT)).data).toBe(`{ x @include(if: ${a}) y }`)
    }
    expect(compiled).toEqual(['{ x @include(if: true) y }', '{ x @include(if: false) y }'])
  })

  test('whose plan fails for one combination is tried again, and runs for the others', async () => {
    const { compiled, program } = opened('mutation ($a: Boolean!) { x @skip(if: $a) }')
    const { run } = await program
    await expect(run({ a: true }, CONTEXT)).rejects.toThrow('no plan')
    await expect(run({ a: true }, CONTEXT)).rejects.toThrow('no plan')
    expect((await run({ a: false }, CONTEXT)).data).toBe('{ x @skip(if: false) }')
    expect(compiled).toHaveLength(3)
  })

  test('whose plan fails after another one has taken its place leaves that one', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { compiled, program } = opened(
      'mutation ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) { v @skip(if: $a) w @include(if: $b) x @include(if: $c) y @include(if: $d) z @include(if: $e) }',
      [first.promise, second.promise],
    )
    const { run } = await program
    const failing = () => run({ a: true }, CONTEXT)
    const dropped = failing()
    for (let bits = 0; bits < 16; bits++) {
      const [b, c, d, e] = [1, 2, 4, 8].map((bit) => (bits & bit) > 0)
      await run({ a: false, b, c, d, e }, CONTEXT)
    }
    const again = [failing()]
    first.resolve()
    await expect(dropped).rejects.toThrow('no plan')
    const count = compiled.length
    again.push(failing())
    expect(compiled).toHaveLength(count)
    second.resolve()
    for (const one of again) await expect(one).rejects.toThrow('no plan')
  })

  test('keeps a bounded number of combinations', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const { compiled, program } = opened(
      `mutation (${names.map((name) => `$${name}: Boolean!`)}) { ${names.map((name) => `${name} @include(if: $${name})`).join(' ')} }`,
    )
    const { run } = await program
    const ask = (bits: number) =>
      run(Object.fromEntries(names.map((name, at) => [name, (bits & (1 << at)) > 0])), CONTEXT)
    for (let bits = 0; bits < 16; bits++) await ask(bits)
    await ask(15)
    expect(compiled).toHaveLength(17)
    await ask(31)
    expect(compiled).toHaveLength(18)
  })

  test('is decided also where it is read again', async () => {
    const [definition] = parse('mutation ($a: Boolean!) { x @skip(if: $a) y }', {
      noLocation: true,
    }).definitions
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation was expected')
    const operation = { definition, fragments: {} }
    const read: string[] = []
    const executor = decidingMutations({
      async compile({ again }) {
        read.push(again ? print(again().definition.selectionSet).replace(/\s+/g, ' ') : '')
        return {
          run: async () => ({ data: '', errors: [] }),
          explain: () => '',
          plan: async () => ({ object: null, text: '', picture: '' }),
        }
      },
    })
    const { run } = await executor.compile({ ...operation, again: () => operation })
    await run({ a: true }, CONTEXT)
    expect(read).toEqual(['{ x @skip(if: false) y }', '{ x @skip(if: true) y }'])
  })

  test('is compiled as it is where nothing is open', async () => {
    const { compiled, program } = opened('mutation ($a: Boolean!) { x { y @include(if: $a) } }')
    await (await program).run({ a: false }, CONTEXT)
    expect(compiled).toEqual(['{ x { y @include(if: $a) } }'])
  })
})
