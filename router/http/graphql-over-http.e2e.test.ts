import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composed, startTestRouter, type TestRouter } from '../testing/router.ts'
import { startSubgraph, type TestSubgraph } from '../testing/subgraph.ts'

let subgraph: TestSubgraph
let router: TestRouter

beforeAll(async () => {
  subgraph = await startSubgraph('shelf', 'type Query { sock: String }')
  router = await startTestRouter({ sdl: composed([subgraph.source]) }, { executor: 'compiled' })
})

afterAll(async () => {
  await router?.close()
  await subgraph?.stop()
})

/** A header that a page of another site cannot send without a preflight: CSRF prevention stays on. */
const preflighted: typeof fetch = (url, { headers, ...init } = {}) =>
  fetch(url, { ...init, headers: { ...headers, 'apollo-require-preflight': 'audit' } })

/** The audit suite receives the endpoint when it runs: it is not known when the audits are listed. */
const audits = serverAudits({ url: () => router.url, fetchFn: preflighted })

describe('the audits of GraphQL over HTTP', () => {
  test('are as many as there were', () => {
    expect(audits).toHaveLength(61)
  })

  for (const { id, name, fn } of audits) {
    test(`${id} ${name}`, async () => {
      const result = await fn()
      expect(result).toMatchObject({ status: 'ok' })
    })
  }
})
