import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accept, refuse } from '../errors/decision.ts'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { idempotent, loadAccepted } from './idempotency.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  await database.prisma.$executeRawUnsafe('CREATE TABLE thing (id SERIAL PRIMARY KEY)')
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.prisma.$executeRawUnsafe('TRUNCATE idempotency_record, thing')
})

const claim = { principal: 'usr_1', mutation: 'makeThing', key: 'k', request: { a: 1, b: 2 } }

const make = (about: Partial<typeof claim> = {}) =>
  database.prisma.$transaction((tx) =>
    idempotent(tx, { ...claim, ...about }, async () => {
      const rows = await tx.$queryRawUnsafe<{ id: number }[]>('INSERT INTO thing DEFAULT VALUES RETURNING id')
      return accept({ id: rows[0]?.id })
    }),
  )
const refused = (about: Partial<typeof claim> = {}) =>
  database.prisma.$transaction((tx) =>
    idempotent(tx, { ...claim, ...about }, async () => refuse('not today')),
  )
const things = async () => (await database.prisma.$queryRawUnsafe<unknown[]>('SELECT id FROM thing')).length

test('calls with one key at once do the work once and get one answer', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => make()))
  expect(await things()).toBe(1)
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
})

test('the order of fields does not make another request', async () => {
  const first = await make()
  expect(await make({ request: { b: 2, a: 1 } })).toEqual(first)
})

test('amounts in the input are compared too', async () => {
  const amount = (minor: bigint) => make({ request: { a: 1, b: 2, minor } as typeof claim.request })
  const first = await amount(12n)
  expect(await amount(12n)).toEqual(first)
  expect(await amount(13n)).toMatchObject({ ok: false })
})

test('another input under the key is refused with the key', async () => {
  await make()
  expect(await make({ request: { a: 1, b: 3 } })).toMatchObject({
    ok: false,
    errors: [{ __typename: 'IdempotencyKeyReusedError', message: expect.stringContaining('"k"') }],
  })
  expect(await things()).toBe(1)
})

test.each([{ principal: 'usr_2' }, { mutation: 'makeOther' }, { key: 'k2' }])(
  '%o is another intent',
  async (about) => {
    const first = await make()
    await refused(about)
    const other = await make(about)
    expect(await things()).toBe(2)
    // Each intent has its own answer when it is repeated, also after a refusal of the other.
    expect([await make(), await make(about)]).toEqual([first, other])
    expect(other).not.toEqual(first)
  },
)

test('a refusal is not kept: the same key may succeed later', async () => {
  expect(await refused()).toEqual({ ok: false, errors: ['not today'] })
  expect(await make()).toMatchObject({ ok: true })
})

test('work that throws frees the key', async () => {
  const failing = database.prisma.$transaction((tx) =>
    idempotent(tx, claim, async () => {
      throw new Error('crash')
    }),
  )
  await expect(failing).rejects.toThrow('crash')
  expect(await make()).toMatchObject({ ok: true })
})

test('an answer that is known beforehand is written once; another one replaces it', async () => {
  const run = (answer: string, accepted: string) =>
    database.prisma.$transaction((tx) =>
      idempotent(tx, { ...claim, key: answer, answer }, async () => accept(accepted)),
    )
  expect(await run('a', 'a')).toEqual(accept('a'))
  expect(await run('b', 'other')).toEqual(accept('other'))
  expect(await run('b', 'b')).toEqual(accept('other'))
  // The first statement of a transaction has the command id 0.
  const rows = await database.prisma.$queryRawUnsafe<unknown[]>(
    `SELECT key, cmin::text = '0' AS once, response FROM idempotency_record ORDER BY key`,
  )
  expect(rows).toEqual([
    { key: 'a', once: true, response: 'a' },
    { key: 'b', once: false, response: 'other' },
  ])
})

test('the row of an accepted id is loaded; one that was deleted since is an error about the key', async () => {
  const load = async (id: string) => (id === 'kept' ? { id } : null)
  expect(await loadAccepted(accept('kept'), load)).toEqual(accept({ id: 'kept' }))
  expect(await loadAccepted(refuse('not today'), load)).toEqual(refuse('not today'))
  expect(await loadAccepted(accept('deleted'), load)).toMatchObject({
    ok: false,
    errors: [
      {
        __typename: 'ValidationError',
        path: ['idempotencyKey'],
        message:
          'the request was executed before, but its result was deleted since: send a new idempotencyKey to repeat it',
      },
    ],
  })
})
