import path from 'node:path'
import { startPostgres } from '../../postgres/start-postgres.ts'
import type { Server } from './databases.ts'

/** A PostgreSQL server, and how to stop it. */
export type RunningServer = {
  readonly server: Server
  /** Settles when the server ends unexpectedly; never for an external server. */
  readonly lost: Promise<void>
  stop(): Promise<void>
}

/** The embedded PostgreSQL's folder in the data folder. */
export function postgresFolder(dataDir: string): string {
  return path.join(dataDir, 'postgres')
}

/** The embedded PostgreSQL of a data folder, as a child of this process. */
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

/** An external server, which is not stopped. */
export function foreignServer(server: Server): RunningServer {
  return { server, lost: new Promise(() => {}), stop: async () => {} }
}
