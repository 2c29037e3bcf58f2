import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '@argyle/kit/clock'
import { openPrisma } from '@argyle/kit/database'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrismaClient } from './generated/prisma/client.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase('users')
})
afterAll(() => database.drop())

const command = fileURLToPath(new URL('rotate.ts', import.meta.url))
const rotate = (env: Record<string, string>, ...args: string[]) =>
  promisify(execFile)(process.execPath, [command, ...args], { env: { ...programEnvironment(), ...env } })
const failureOf = (env: Record<string, string>, ...args: string[]) =>
  rotate(env, ...args).catch((error: { code: number; stderr: string }) => error)

test('the command lets the key that waited sign, under the service’s own settings', async () => {
  const secret = randomBytes(32)
  const prisma = openPrisma(PrismaClient, database)
  const replica = () => signingKeyStore(prisma, systemClock, secret)
  await replica().rotate()
  const next = await prisma.signingKey.findFirst({ where: { status: 'NEXT' } })
  const { stdout } = await rotate({
    DATABASE_URL: database.url,
    SIGNING_KEY_SECRET: secret.toString('base64url'),
  })
  expect(stdout).toBe(`rotated: ${next?.kid} signs from now on; every replica follows within a minute\n`)
  expect((await replica().signer()).kid).toBe(next?.kid)
  await prisma.$disconnect()
})

test('without its settings the command names them and fails', async () => {
  const failure = await failureOf({})
  expect(failure).toMatchObject({ code: 1 })
  for (const name of ['DATABASE_URL', 'SIGNING_KEY_SECRET'])
    expect(failure.stderr).toContain(`${name} is not set`)
  expect(failure.stderr).not.toContain('    at ')
})

test('--help prints the usage, without settings; any other argument is refused, and nothing is rotated', async () => {
  expect((await rotate({}, '--help')).stdout).toMatch(/^npm run rotate-keys\n/)
  const env = { DATABASE_URL: database.url, SIGNING_KEY_SECRET: randomBytes(32).toString('base64url') }
  const prisma = openPrisma(PrismaClient, database)
  const keys = () => prisma.signingKey.findMany({ orderBy: { kid: 'asc' } })
  const before = await keys()
  expect(await failureOf(env, '--dry-run')).toMatchObject({
    code: 1,
    stderr: 'the signing keys were not rotated: unexpected arguments: --dry-run\n',
  })
  expect(await keys()).toEqual(before)
  await prisma.$disconnect()
})
