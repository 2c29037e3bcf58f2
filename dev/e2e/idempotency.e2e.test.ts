import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Kind, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop } from '../shop/testing/test-shop.ts'
import type { Goods, Input, Mutation, Situation, World } from './keyed-mutation.ts'
import { allKeyedMutations, KEYED } from './keyed-mutations.ts'
import { administrator, aSignUp, key, run } from './one-input.ts'
import { signIn } from './sign-in.ts'

let world: World

/** Ids and slugs of the first two products of the seed. */
async function someGoods(staff: GraphqlClient): Promise<Goods> {
  const { data } = await staff.ask(`{ products(first: 2) { edges { node { id
    variants(first: 1) { edges { node { id stockLevels { id } } } } } } } }`)
  const [product, other] = data.products.edges.map(({ node }: { node: object }) => node)
  const variant = product.variants.edges[0].node
  const stockLevelId = variant.stockLevels[0].id
  return { productId: product.id, otherProductId: other.id, variantId: variant.id, stockLevelId }
}

beforeAll(async () => {
  const shop = await startTestShop()
  const first = shop.visitor()
  await signIn(first, shop.accounts.staff)
  world = { shop, staff: [first, await administrator(shop, first)], goods: await someGoods(first) }
})
afterAll(() => world?.shop.stop())

test('every mutation of the table takes an idempotency key; the tests of its subgraph hold all that do', () => {
  const inputs = SUBGRAPH_NAMES.flatMap((name) => {
    const schema = parse(readFileSync(path.join(root, 'subgraphs', name, 'schema.graphql'), 'utf8'))
    return schema.definitions.flatMap((definition) =>
      definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION &&
      definition.fields?.some((field) => field.name.value === 'idempotencyKey')
        ? [definition.name.value]
        : [],
    )
  })
  const listed = KEYED.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`)
  expect(inputs).toEqual(expect.arrayContaining(listed))
  expect(Object.keys(allKeyedMutations(world)).sort()).toEqual([...KEYED].sort())
})

describe.each(KEYED)('%s', (name) => {
  let mutation: Mutation
  let about: Situation
  let first: string
  const idempotencyKey = key()
  const send = (caller: GraphqlClient, input: Input) =>
    run(caller, name, mutation.shows, { idempotencyKey, ...input })

  beforeAll(async () => {
    mutation = allKeyedMutations(world)[name]
    about = await mutation.situation()
  })
  afterAll(() => about?.restore?.())

  test('sent concurrently and repeatedly, takes effect once, with equal answers', async () => {
    const { callers, input } = about
    const answers = await Promise.all([1, 2, 3].map(() => send(callers[0], input)))
    answers.push(await send(callers[0], input))
    expect(answers.map(({ userErrors }) => userErrors)).toEqual([[], [], [], []])
    expect(new Set(answers.map(mutation.id)).size).toBe(1)
    first = mutation.id(answers[0])
  })

  test('with another input under the key is refused', async () => {
    const answer = await send(about.callers[0], about.other)
    expect(answer.userErrors).toMatchObject([{ __typename: 'IdempotencyKeyReusedError' }])
  })

  // All guests are one principal, which is why their keys are long.
  test.skipIf(name === 'signUp')('of another caller with the same key has its own effect', async () => {
    const { callers, input, theirs = input } = about
    const answer = await send(callers[1], theirs)
    expect(answer.userErrors).toEqual([])
    expect(mutation.id(answer)).not.toBe(first)
  })

  test('after its stored result was deleted, has the same answer or a typed error', async () => {
    const { callers, input, remove } = about
    await remove?.(first)
    const answer = await send(callers[0], input)
    // The stock level also shows the other caller's change.
    const same = name === 'adjustStock' ? expect.any(String) : first
    if (answer.userErrors.length === 0) expect(mutation.id(answer)).toEqual(same)
    else
      expect(answer.userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['idempotencyKey'] }])
  })
})

describe('the key of a guest', () => {
  test.each([
    ['signUp', 'session { accessToken }', () => aSignUp()],
    ['addCartLine', 'cart { id }', () => ({ variantId: world.goods.variantId, quantity: 1 })],
  ] as const)('of fifteen characters is refused by %s', async (name, shows, input) => {
    const answer = await run(world.shop.visitor(), name, shows, {
      idempotencyKey: 'k'.repeat(15),
      ...input(),
    })
    expect(answer.userErrors).toMatchObject([
      { __typename: 'ValidationError', path: ['idempotencyKey'], message: expect.stringContaining('16') },
    ])
  })
})
