import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { holdPort } from '../../router/testing/held-port.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { freePorts } from './free-ports.ts'
import { accepts, natsSpec, postgresAt, untilAccepts } from './servers.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-servers-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('a database of a given server has its user, its address and its parameters', () => {
  const { url } = postgresAt('postgresql://me:secret@db:5433/postgres?sslmode=require')
  expect(url('argyle_orders')).toBe('postgresql://me:secret@db:5433/argyle_orders?sslmode=require')
  expect(url('odd/name')).toBe('postgresql://me:secret@db:5433/odd%2Fname?sslmode=require')
})

test('free ports are different ones below those of outgoing connections, and a server can listen there', async () => {
  const ports = await freePorts(4)
  expect(new Set(ports).size).toBe(4)
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_000)
    expect(await accepts(port)).toBe(false)
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect(await accepts(port)).toBe(true)
    await once(server.close(), 'close')
  }
})

test('a server is waited for, and reported after ten seconds', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await untilAccepts(port, 'nats-server')
  const { free } = await holdPort(port, () => void server.close())
  try {
    const times = [0, 10_000, 10_001]
    vi.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 10_001)
    await expect(untilAccepts(port, 'nats-server')).rejects.toThrow(
      new ShopFailure(`nats-server does not accept connections on port ${port}`),
    )
    expect(times).toEqual([])
  } finally {
    free()
  }
})

test('free ports go on from the first of the range after its last', async () => {
  const ports = await freePorts(3, 31_999)
  for (const port of ports) expect([port >= 20_000, port < 32_000]).toEqual([true, true])
})

test('a private NATS server keeps its messages in the data folder, and listens on this machine alone', () => {
  const program = path.join(folder, 'nats-server')
  writeFileSync(program, '#!/bin/sh\nexit 0\n')
  chmodSync(program, 0o755)
  vi.stubEnv('PATH', folder)
  expect(natsSpec('/data', 4222)).toEqual({
    ...{ name: 'nats', service: 'nats', file: 'nats-server', port: 4222, env: { PATH: folder } },
    args: ['--jetstream', '--store_dir', '/data/nats', '--addr', '127.0.0.1', '--port', '4222'],
  })
})

test('a machine without a NATS server is reported with what to do', () => {
  vi.stubEnv('PATH', folder)
  expect(() => natsSpec('/data', 4222)).toThrow(ShopFailure)
  expect(() => natsSpec('/data', 4222)).toThrow(/Install it .*, or name a running one by --nats/)
})
