import type { IncomingHttpHeaders } from 'node:http'
import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
} from '@apollo/server/plugin/disabled'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { SubgraphSource } from '../supergraph/supergraph-yaml.ts'
import { json, startTestServer, type TestServer, textOf } from './http-server.ts'

type Module = Extract<
  Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number],
  { typeDefs: unknown }
>
type Resolvers = NonNullable<Module['resolvers']>

/** A request as a subgraph received it. */
export type Received = {
  readonly headers: IncomingHttpHeaders
  readonly query: string
  readonly variables: unknown
}

/** Context of resolvers: the request's headers, and a function that adds response headers. */
export type TestContext = {
  readonly headers: IncomingHttpHeaders
  readonly setHeader: (name: string, value: string) => void
}

export type TestSubgraph = {
  readonly name: string
  readonly server: TestServer
  readonly source: SubgraphSource
  readonly received: Received[]
  /** Serves GraphQL again after the test had it do something else. */
  recover(): void
  stop(): Promise<void>
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@inaccessible", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"
])`

/** Starts a real subgraph: Apollo Server over `@apollo/subgraph`, on a free port. `sdl` needs no @link. */
export async function startSubgraph(
  name: string,
  sdl: string,
  resolvers: Resolvers = {},
): Promise<TestSubgraph> {
  const typeDefs = `${LINK}\n${sdl}`
  const apollo = new ApolloServer<TestContext>({
    schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers }]),
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled(), ApolloServerPluginCacheControlDisabled()],
  })
  await apollo.start()
  const received: Received[] = []
  const listener: Parameters<TestServer['handle']>[0] = async (request, response) => {
    const body = JSON.parse(await textOf(request))
    received.push({ headers: request.headers, query: body.query, variables: body.variables })
    const headers = new HeaderMap([['content-type', 'application/json']])
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body },
      context: async () => ({
        headers: request.headers,
        setHeader: (header, value) => response.appendHeader(header, value),
      }),
    })
    if (result.body.kind !== 'complete') throw new Error('unexpected incremental delivery')
    json(response, result.status ?? 200, JSON.parse(result.body.string))
  }
  const server = await startTestServer(listener)
  return {
    name,
    server,
    received,
    source: { name, url: `${server.origin}/graphql`, file: `${name}.graphql`, sdl: typeDefs },
    recover: () => server.handle(listener),
    async stop() {
      await server.stop()
      await apollo.stop()
    },
  }
}
