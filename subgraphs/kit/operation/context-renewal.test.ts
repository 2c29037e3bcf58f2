import { buildSchema, execute, parse } from 'graphql'
import { expect, test } from 'vitest'
import { renewableContext, renewContextPerMutation } from './context-renewal.ts'

type Context = { readonly made?: number }

/** The number of the context that each field of an operation sees. */
async function seen(operation: string, contextValue: Context) {
  const schema = buildSchema('type Query { context: Int } type Mutation { context: Int }')
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    const field = type?.getFields().context
    if (field) field.resolve = (_source, _args, { made }: Context) => made
  }
  const document = parse(operation)
  const { data } = await execute({ schema: renewContextPerMutation(schema), document, contextValue })
  return { ...data }
}

test('each mutation field has a context of its own; the fields of a query share one', async () => {
  let made = 0
  // Apollo Server gives resolvers a copy.
  const context = () => ({ ...renewableContext(() => ({ made: ++made })) })
  expect(await seen('mutation { a: context b: context }', context())).toEqual({ a: 2, b: 3 })
  expect(await seen('{ a: context b: context }', context())).toEqual({ a: 4, b: 4 })
})

test('a context that cannot be made anew is left as it is', async () => {
  expect(await seen('mutation { a: context b: context }', { made: 7 })).toEqual({ a: 7, b: 7 })
})
