import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Shop, type ShopOptions, startShop } from '../start/start-shop.ts'
import { databaseOf } from '../subgraphs/subgraphs.ts'
import { type GraphqlClient, graphqlClient } from './graphql-client.ts'
import { testPostgres } from './test-server.ts'

export type TestShop = Shop & {
  /** A client without cookies or account, like a browser on its first visit. */
  visitor(): GraphqlClient
  /** The connection URL of a subgraph's database. */
  databaseUrl(subgraph: string): string
}

type TestShopOptions = Pick<ShopOptions, 'bus' | 'carrierSpeed'> & {
  /** Another PostgreSQL server than that of the test run. */
  readonly adminUrl?: string
}

/**
 * The whole shop, on the test run's PostgreSQL and free ports, with the tiny seed. Its output is printed only
 * if it does not start.
 */
export async function startTestShop(options: TestShopOptions = {}): Promise<TestShop> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-shop-'))
  const { server, drop } = testPostgres(options.adminUrl)
  const told: string[] = []
  const clean = async () => {
    await drop()
    rmSync(dataDir, { recursive: true })
  }
  try {
    const shop = await startShop({
      bus: options.bus,
      carrierSpeed: options.carrierSpeed,
      dataDir,
      server,
      ports: 'free',
      size: 'tiny',
      onProgress: (line) => told.push(line),
    })
    return {
      ...shop,
      visitor: () => graphqlClient(shop.url),
      databaseUrl: (subgraph) => server.url(databaseOf(subgraph)),
      async stop() {
        await shop.stop()
        await clean()
      },
    }
  } catch (error) {
    console.error(told.join('\n'))
    await clean()
    throw error
  }
}
