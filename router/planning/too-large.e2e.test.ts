import { afterAll, beforeAll, expect, test } from 'vitest'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

let subgraph: TestSubgraph
let router: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph('shop', 'type Query { sock(id: Int): Sock } type Sock { name: String }', {
    Query: { sock: () => ({ name: 'Wool' }) },
  })
  const limits = { selections: 100_000, aliases: 100_000, root_fields: 1_000, tokens: 100_000 }
  router = await startTestRouter(
    { sdl: composed([subgraph.source]) },
    { settings: { limits: { ...limits, cost: { mode: 'measure' } } } },
  )
})

afterAll(async () => {
  await router?.close()
  await subgraph?.stop()
})

/** An operation for this number of objects with this number of fields each. */
function operation(objects: number, fields: number): string {
  const names = Array.from({ length: fields }, (_, index) => `n${index}: name`).join(' ')
  return `{ ${Array.from({ length: objects }, (_, index) => `s${index}: sock(id: ${index}) { ${names} }`).join(' ')} }`
}

test('an operation is planned up to 20,000 fields, and refused beyond, with the reason in the log', async () => {
  const whole = await router.ask(operation(100, 198))
  expect(whole.errors).toEqual([])
  expect(whole.data).toMatchObject({ s99: { n197: 'Wool' } })
  // A client that asks for the plan, too, gets the reason.
  for (const exposing of ['false', 'true']) {
    const headers = { 'apollo-expose-query-plan': exposing }
    const refused = await router.ask(operation(100, 200), { headers })
    expect(refused).toMatchObject({
      data: null,
      errors: [
        {
          message: 'The operation is too large to be planned: ask for less at a time.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    })
  }
  const lines = router.logged.map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 40, msg: 'an operation was not planned', reason: expect.any(String) }),
  )
})
