import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clusterOf } from '../../postgres/cluster.ts'
import { readPostmaster } from '../../postgres/postmaster-file.ts'
import { runningPostgres } from '../../postgres/running-postgres.ts'
import { embeddedServer, postgresFolder, type RunningServer } from './server.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-server-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** Notes whether a server was lost, by the turn after its end. */
async function isLost({ lost }: RunningServer): Promise<boolean> {
  let isSo = false
  void lost.then(() => {
    isSo = true
  })
  await new Promise(setImmediate)
  return isSo
}

test('an embedded server is lost when it ends unexpectedly, not when it is stopped', async () => {
  const lines: string[] = []
  const first = await embeddedServer(dataDir, (line) => lines.push(line))
  expect(lines).toEqual(['making the PostgreSQL data folder', 'starting PostgreSQL'])
  expect((await runningPostgres(postgresFolder(dataDir)))?.url('x')).toBe(first.server.url('x'))
  await first.stop()
  expect(await isLost(first)).toBe(false)

  const second = await embeddedServer(dataDir, () => {})
  expect(await isLost(second)).toBe(false)
  process.kill(readPostmaster(clusterOf(postgresFolder(dataDir)))?.pid ?? 0, 'SIGKILL')
  await second.lost
  await second.stop()
})
