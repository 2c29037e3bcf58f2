import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { connectionPools, type Pools } from '../http-client/pools.ts'
import { startTestServer, type TestServer } from './http-server.ts'

/** A server for all tests of a file, and connection pools that are new for each test. */
type SubgraphServer = { readonly server: TestServer; readonly pools: Pools }

/** Starts and stops the server and the pools by the hooks of vitest. */
export function subgraphServer(): SubgraphServer {
  let server: TestServer
  let pools: Pools
  beforeAll(async () => {
    server = await startTestServer(() => {})
  })
  afterAll(() => server?.stop())
  beforeEach(() => {
    pools = connectionPools(8)
  })
  afterEach(() => pools.close())
  return {
    get server() {
      return server
    },
    get pools() {
      return pools
    },
  }
}
