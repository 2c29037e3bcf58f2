import { importDefinitions } from '../subgraphs/definitions.ts'

export type Parts = Awaited<ReturnType<typeof loadParts>>

/**
 * Imports the large modules of the shop: Apollo, Fastify, Prisma, the router. On demand, so that PostgreSQL
 * starts meanwhile.
 */
export async function loadParts(names: readonly string[], onProgress: (line: string) => void) {
  const [
    definitions,
    { eventBusOf },
    { startSubgraph },
    { importAnew },
    { terminalLog },
    { startShopRouter },
  ] = await Promise.all([
    importDefinitions(names, onProgress),
    import('../subgraphs/event-bus.ts'),
    import('../subgraphs/running-subgraph.ts'),
    import('../reload/code-version.ts'),
    import('../terminal/log.ts'),
    import('../router/shop-router.ts'),
  ])
  return { definitions, eventBusOf, startSubgraph, importAnew, terminalLog, startShopRouter }
}
