import { startRouter } from '../../../router/router.ts'
import type { RouterSettings } from '../../../router/settings.ts'
import { composedSupergraph, supergraphYaml } from '../../generate/supergraph.ts'
import type { RunningSubgraph } from '../subgraphs/running-subgraph.ts'
import type { Secrets } from '../subgraphs/secrets.ts'
import { TOKEN_PARTIES } from '../subgraphs/subgraph-settings.ts'
import { terminalLog } from '../terminal/log.ts'

export type ShopRouterOptions = {
  readonly host: string
  readonly port: number
  readonly settings: RouterSettings
  readonly secrets: Secrets
  readonly subgraphs: readonly RunningSubgraph[]
  readonly onProgress: (line: string) => void
}

/**
 * The router for the shop's supergraph.yaml, which it watches, with the ports that the subgraphs have here.
 */
export function startShopRouter({ host, port, settings, secrets, subgraphs, onProgress }: ShopRouterOptions) {
  const users = subgraphs.find(({ name }) => name === 'users')
  if (!users) throw new Error('users, which signs access tokens, does not run')
  return startRouter({
    supergraph: { file: supergraphYaml, kept: composedSupergraph },
    settings,
    host,
    port,
    subgraphUrls: Object.fromEntries(subgraphs.map(({ name, url }) => [name, url])),
    accessTokens: { jwksUrl: new URL('/.well-known/jwks.json', users.url).href, ...TOKEN_PARTIES },
    internalTokenMasterKey: Buffer.from(secrets.internalTokenMasterKey, 'base64url'),
    log: terminalLog('router', onProgress),
  })
}
