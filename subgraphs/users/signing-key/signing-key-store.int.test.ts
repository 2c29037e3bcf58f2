import { randomBytes } from 'node:crypto'
import { openPrisma } from '@argyle/kit/database'
import { atOnce } from '@argyle/kit/testing/at-once'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PrismaClient } from '../generated/prisma/client.ts'
import { signAccessToken } from '../session/access-token.ts'
import { KEY_CACHE_MS, PUBLISHED_AFTER_MS, ROTATE_AFTER_MS } from './signing-key.ts'
import { type SigningKeyStore, signingKeyStore } from './signing-key-store.ts'

const secret = randomBytes(32)
const parties = { issuer: 'https://argyle.example', audience: 'argyle' }
const grant = { userId: 'usr_1', sessionId: 'ses_1', scopes: ['self'] } as const

let now: Date
let database: TestDatabase
let prisma: PrismaClient
let replica: () => SigningKeyStore

beforeEach(async () => {
  now = new Date('2026-11-21T09:00:00Z')
  database = await testDatabase('users')
  prisma = openPrisma(PrismaClient, database)
  replica = () => signingKeyStore(prisma, () => now, secret)
})
afterEach(async () => {
  await prisma.$disconnect()
  await database.drop()
})

const pass = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
const kids = async (keys: SigningKeyStore) => (await keys.published()).map(({ kid }) => kid)
const tokenBy = async (keys: SigningKeyStore) =>
  (await signAccessToken(await keys.signer(), grant, parties, now)).token

/** Whether a verifier with the current JWKS accepts the token. */
async function accepted(keys: SigningKeyStore, token: string): Promise<boolean> {
  const set = createLocalJWKSet({ keys: await keys.published() })
  const verified = jwtVerify(token, set, { algorithms: ['EdDSA'], ...parties, currentDate: now })
  return verified.then(() => true).catch(() => false)
}

test('replicas that start at once make one pair of keys', async () => {
  const replicas = Array.from({ length: 4 }, replica)
  await atOnce(
    prisma,
    replicas.map((keys) => () => keys.rotate()),
  )
  const statuses = (await prisma.signingKey.findMany()).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual(['CURRENT', 'NEXT'])
  const signers = await Promise.all(replicas.map((keys) => keys.signer()))
  expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1)
})

test('replicas whose timers ring at once rotate once', async () => {
  const replicas = Array.from({ length: 4 }, replica)
  await atOnce(
    prisma,
    replicas.map((keys) => () => keys.rotate()),
  )
  pass(ROTATE_AFTER_MS + 1)
  await atOnce(
    prisma,
    replicas.map((keys) => () => keys.rotate()),
  )
  const statuses = (await prisma.signingKey.findMany()).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual(['CURRENT', 'NEXT', 'RETIRED'])
})

test('the key that takes over was published before it signs', async () => {
  const keys = replica()
  await keys.rotate()
  const before = await kids(keys)
  await keys.rotate({ force: true })
  expect(before).toContain((await keys.signer()).kid)
  expect(await kids(keys)).toEqual(expect.arrayContaining(before))
})

test('a replica that rotates the keys signs with the next one at once', async () => {
  const keys = replica()
  const { kid } = await keys.signer()
  await keys.rotate({ force: true })
  expect((await keys.signer()).kid).not.toBe(kid)
})

test('no token fails by a rotation, though a replica goes on with the key that it knows', async () => {
  const [one, other] = [replica(), replica()]
  await one.rotate()
  const early = await tokenBy(other)
  await one.rotate({ force: true })
  pass(KEY_CACHE_MS - 1)
  const late = await tokenBy(other)
  expect((await one.signer()).kid).not.toBe((await other.signer()).kid)
  pass(9 * 60_000)
  await one.rotate()
  expect(await accepted(one, early)).toBe(true)
  expect(await accepted(one, late)).toBe(true)
  expect((await other.signer()).kid).toBe((await one.signer()).kid)
})

test('a failed read of the key is not cached', async () => {
  const keys = replica()
  await keys.rotate()
  await prisma.$executeRaw`ALTER TABLE signing_key RENAME TO hidden`
  await expect(keys.signer()).rejects.toThrow('signing_key')
  await prisma.$executeRaw`ALTER TABLE hidden RENAME TO signing_key`
  await expect(keys.signer()).resolves.toHaveProperty('kid')
})

test('the keys are listed from the newest on, those of one instant by their ids', async () => {
  const keys = replica()
  await keys.rotate()
  const first = await kids(keys)
  expect(first).toEqual(first.toSorted())
  // A row that is written again lies behind the others.
  await prisma.$executeRaw`UPDATE signing_key SET status = status WHERE kid = ${first[0]}`
  expect(await kids(keys)).toEqual(first)
  pass(1)
  await keys.rotate({ force: true })
  const [newest, ...rest] = await kids(keys)
  expect(first).not.toContain(newest)
  expect(rest).toEqual(first)
})

test('a retired key goes when no token of it can be alive', async () => {
  const keys = replica()
  await keys.rotate()
  const { kid } = await keys.signer()
  await keys.rotate({ force: true })
  pass(PUBLISHED_AFTER_MS)
  await keys.rotate()
  expect(await kids(keys)).toContain(kid)
  pass(1)
  await keys.rotate()
  expect(await kids(keys)).not.toContain(kid)
  expect(await kids(keys)).toHaveLength(2)
})

test('no private key lies in the clear, and another secret opens none', async () => {
  await replica().rotate()
  const rows = await prisma.$queryRaw<{ row: string }[]>`SELECT k::text AS row FROM signing_key k`
  // The first bytes of an Ed25519 key in PKCS #8, and the private member of a JWK.
  for (const { row } of rows) expect(row).not.toMatch(/302e020100300506032b6570|"d"/)
  const stranger = signingKeyStore(prisma, () => now, randomBytes(32))
  await expect(stranger.signer()).rejects.toThrow('SIGNING_KEY_SECRET')
})
