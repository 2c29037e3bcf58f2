import path from 'node:path'
import { startPostgres } from '../postgres/start-postgres.ts'
import type { Server } from './databases.ts'

/** A server of PostgreSQL, and what to do when it is no longer wanted. */
export type RunningServer = {
  readonly server: Server
  /** Settles when it ends without having been asked to; never for one that is somebody else's. */
  readonly lost: Promise<void>
  stop(): Promise<void>
}

/** Where in the data folder the embedded PostgreSQL keeps everything of its own. */
export function postgresFolder(dataDir: string): string {
  return path.join(dataDir, 'postgres')
}

/** The PostgreSQL of a data folder, as a child of this process. */
export async function embeddedServer(
  dataDir: string,
  onProgress: (line: string) => void,
): Promise<RunningServer> {
  const postgres = await startPostgres({ dataDir: postgresFolder(dataDir), onProgress })
  let asked = false
  const lost = new Promise<void>((resolve) => {
    void postgres.exited.then(() => {
      if (!asked) resolve()
    })
  })
  return {
    server: postgres,
    lost,
    stop: () => {
      asked = true
      return postgres.stop()
    },
  }
}

/** A server that runs already and goes on running. */
export function foreignServer(server: Server): RunningServer {
  return { server, lost: new Promise(() => {}), stop: async () => {} }
}
