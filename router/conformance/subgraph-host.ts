import type { IncomingMessage, ServerResponse } from 'node:http'
import { json, startTestServer, type TestServer, textOf } from '../testing/http-server.ts'
import type { SubgraphFixture } from './feature.ts'
import { answer, fixtureSchema, fixtureSdl, type GraphqlRequest } from './subgraph-schema.ts'

/** Subgraphs behind one real HTTP server, each at a path of its own name. */
export type SubgraphHost = {
  readonly sources: readonly {
    readonly name: string
    readonly url: string
    readonly file: string
    readonly sdl: string
  }[]
  /** The received calls, in order. */
  readonly calls: { readonly subgraph: string; readonly request: GraphqlRequest }[]
  /** Replaces the answers of one subgraph; null restores them. */
  replace(subgraph: string, misbehave: Misbehave | null): void
  stop(): Promise<void>
}

/** Replaces an answer. @param honest the subgraph's own answer, as parsed JSON. */
export type Misbehave = (
  request: IncomingMessage,
  response: ServerResponse,
  honest: () => Promise<HonestAnswer>,
) => unknown

/** A correct answer as parsed JSON, which a test changes. */
export type HonestAnswer = { data: Record<string, unknown>; errors?: unknown[] }

export async function hostSubgraphs(
  fixtures: Readonly<Record<string, SubgraphFixture>>,
): Promise<SubgraphHost> {
  const schemas = new Map(Object.entries(fixtures).map(([name, fixture]) => [name, fixtureSchema(fixture)]))
  const replaced = new Map<string, Misbehave>()
  const calls: SubgraphHost['calls'] = []
  const server: TestServer = await startTestServer(async (request, response) => {
    const name = (request.url ?? '').slice(1)
    const schema = schemas.get(name)
    if (!schema) return response.writeHead(404).end()
    const honest = async (): Promise<HonestAnswer> => {
      const asked: GraphqlRequest = JSON.parse(await textOf(request))
      calls.push({ subgraph: name, request: asked })
      return JSON.parse(JSON.stringify(await answer(schema, asked, fixtures[name]?.query)))
    }
    const misbehave = replaced.get(name)
    return misbehave ? misbehave(request, response, honest) : json(response, 200, await honest())
  })
  return {
    calls,
    sources: Object.entries(fixtures).map(([name, fixture]) => ({
      name,
      url: `${server.origin}/${name}`,
      file: `${name}.graphql`,
      sdl: fixtureSdl(fixture),
    })),
    replace: (subgraph, misbehave) =>
      void (misbehave ? replaced.set(subgraph, misbehave) : replaced.delete(subgraph)),
    stop: () => server.stop(),
  }
}
