import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Shop, type ShopOptions, startShop } from '../start/start-shop.ts'
import { secretsFile } from '../subgraphs/secrets.ts'
import { databaseOf } from '../subgraphs/subgraphs.ts'
import { type GraphqlClient, graphqlClient } from './graphql-client.ts'
import { migratedTemplate, type TestPostgres, testPostgres } from './test-server.ts'
import { usedShop } from './used-shop.ts'

export type TestShop = Shop & {
  /** A client without cookies or account, like a browser on its first visit. */
  visitor(): GraphqlClient
  /** The connection URL of a subgraph's database. */
  databaseUrl(subgraph: string): string
}

type TestShopOptions = Pick<ShopOptions, 'bus' | 'carrierSpeed'> & {
  /** Another PostgreSQL server than that of the test run. Its databases are migrated by the start. */
  readonly adminUrl?: string
  /** Whether the shop fills its databases itself, as at a first start. Otherwise they are copies of those of a shop that has. */
  readonly isFirstStart?: boolean
}

/**
 * The whole shop, on the test run's PostgreSQL and free ports, with the tiny seed. Its output is printed only
 * if it does not start.
 */
export async function startTestShop(options: TestShopOptions = {}): Promise<TestShop> {
  const {
    postgres: { server, drop },
    secrets,
  } = await databasesFor(options)
  const dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-shop-'))
  if (secrets) copyFileSync(secrets, secretsFile(dataDir))
  const progress: string[] = []
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
      onProgress: (line) => progress.push(line),
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
    console.error(progress.join('\n'))
    await clean()
    throw error
  }
}

/** Databases that the start makes, and the file of the secrets that belong to their rows. */
type Databases = { readonly postgres: TestPostgres; readonly secrets?: string }

async function databasesFor({ adminUrl, isFirstStart = false }: TestShopOptions): Promise<Databases> {
  if (adminUrl) return { postgres: testPostgres({ adminUrl }) }
  if (isFirstStart) return { postgres: testPostgres({ templateFor: migratedTemplate }) }
  const { databases, dataDir } = await usedShop()
  const templateFor = (name: string) => databases[name] ?? migratedTemplate(name)
  return { postgres: testPostgres({ templateFor }), secrets: secretsFile(dataDir) }
}
