import type { RequestListener } from 'node:http'
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
  /** Each call that came, in order. */
  readonly calls: { readonly subgraph: string; readonly request: GraphqlRequest }[]
  /** Lets one subgraph misbehave as a server may; null: it is itself again. */
  replace(subgraph: string, listener: RequestListener | null): void
  stop(): Promise<void>
}

export async function hostSubgraphs(
  fixtures: Readonly<Record<string, SubgraphFixture>>,
): Promise<SubgraphHost> {
  const schemas = new Map(Object.entries(fixtures).map(([name, fixture]) => [name, fixtureSchema(fixture)]))
  const replaced = new Map<string, RequestListener>()
  const calls: SubgraphHost['calls'] = []
  const server: TestServer = await startTestServer(async (request, response) => {
    const name = (request.url ?? '').slice(1)
    const other = replaced.get(name)
    if (other) return other(request, response)
    const schema = schemas.get(name)
    if (!schema) return response.writeHead(404).end()
    const asked: GraphqlRequest = JSON.parse(await textOf(request))
    calls.push({ subgraph: name, request: asked })
    json(response, 200, await answer(schema, asked, fixtures[name]?.query))
  })
  return {
    calls,
    sources: Object.entries(fixtures).map(([name, fixture]) => ({
      name,
      url: `${server.origin}/${name}`,
      file: `${name}.graphql`,
      sdl: fixtureSdl(fixture),
    })),
    replace: (subgraph, listener) =>
      void (listener ? replaced.set(subgraph, listener) : replaced.delete(subgraph)),
    stop: () => server.stop(),
  }
}
