import { randomUUID } from 'node:crypto'
import type { Viewer } from '@argyle/kit/identity'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../credential/password-hash.ts'
import { openUsers, PASSWORD, SIGN_IN, SIGN_UP, type TestUsers, viewerOf } from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

const NEW = 'a pair of odd socks'

/** Runs a request with the right password, which is replaced by a link once it was checked. */
async function whileReset(
  id: string,
  request: () => Promise<{ data: Record<string, unknown> }>,
  __typename = 'InvalidCredentialsError',
) {
  const passwordHash = await hashPassword(NEW)
  const { prisma } = users.resources
  const answer = await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${id} FOR UPDATE`
    const running = request()
    await users.untilWaiting(1, [running])
    await tx.credential.updateMany({ where: { userId: id }, data: { passwordHash } })
    await tx.session.updateMany({
      where: { userId: id },
      data: { endedAt: users.now(), endedBy: 'SIGN_OUT_EVERYWHERE' },
    })
    return { running }
  })
  const { data } = await answer.running
  expect(Object.values(data)).toMatchObject([{ userErrors: [{ __typename }] }])
}

const mutation = (name: string, answer: string) =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${answer} userErrors { __typename } } }`
const run = (query: string, input: object, viewer?: Viewer) => users.execute(query, { input }, viewer)

test('a sign-in with the password before a reset opens no session', async () => {
  const ada = await users.signUp()
  await whileReset(ada.id, () => run(SIGN_IN, { email: ada.email, password: PASSWORD }))
  expect(await users.resources.prisma.session.count({ where: { userId: ada.id, endedAt: null } })).toBe(0)
})

test('a sign-up that is repeated with the password before a reset is not the same request any more', async () => {
  const email = `${randomUUID()}@argyle.example`
  const input = { idempotencyKey: randomUUID(), email, password: PASSWORD, displayName: 'Ada' }
  const { data } = await run(SIGN_UP, input)
  const { id } = viewerOf(data.signUp.session.accessToken)
  await whileReset(id, () => run(SIGN_UP, input), 'IdempotencyKeyReusedError')
})

test('a change of the password before a reset replaces nothing', async () => {
  const ada = await users.signUp()
  const input = { currentPassword: PASSWORD, password: 'the socks of a thief' }
  await whileReset(ada.id, () => run(mutation('changePassword', 'isChanged'), input, ada.viewer))
  expect((await users.signIn(ada.email, NEW)).data.signIn.session).not.toBeNull()
  expect((await users.signIn(ada.email, input.password)).data.signIn.session).toBeNull()
})

test('a change of the password does not wait for a change of another account', async () => {
  const [ada, held] = [await users.signUp(), await users.signUp()]
  const input = { currentPassword: PASSWORD, password: NEW }
  const work = () => run(mutation('changePassword', 'isChanged'), input, ada.viewer)
  const lock = 'SELECT 1 FROM account WHERE id = $1 FOR UPDATE'
  expect((await users.whileLocked(lock, [held.id], work)).data.changePassword.isChanged).toBe(true)
})

test('a change of the address by the password before a reset makes no link', async () => {
  const ada = await users.signUp()
  const input = { email: 'thief@argyle.example', currentPassword: PASSWORD }
  await whileReset(ada.id, () => run(mutation('requestEmailChange', 'isAccepted'), input, ada.viewer))
  expect(await users.linksTo(input.email)).toEqual([])
})

test('a deletion by the password before a reset deletes nothing', async () => {
  const ada = await users.signUp()
  const input = { currentPassword: PASSWORD }
  await whileReset(ada.id, () => run(mutation('deleteAccount', 'deletedUserId'), input, ada.viewer))
  expect(await users.resources.prisma.account.count({ where: { id: ada.id } })).toBe(1)
})

test('a link that is being made waits for a reset, which takes it back: neither is the victim of a deadlock', async () => {
  const ada = await users.signUp()
  const { prisma, links } = users.resources
  const request = { id: 'lnk_1', purpose: 'CHANGE_EMAIL', email: 'new@argyle.example', userId: ada.id }
  await prisma.linkRequest.createMany({ data: [{ ...request, requestedAt: users.now() }] })
  const { making } = await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${ada.id} FOR UPDATE`
    const running = links.makeDue()
    await users.untilWaiting(1, [running])
    await tx.linkRequest.deleteMany({ where: { userId: ada.id } })
    return { making: running }
  })
  await making
  expect(await prisma.linkToken.count({ where: { userId: ada.id } })).toBe(0)
})
