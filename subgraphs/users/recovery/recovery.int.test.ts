import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenOf } from '../testing/links.ts'
import { openUsers, PASSWORD, type TestUsers } from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['link_request (', 'link_token ('])

const NEW = 'a pair of odd socks'
const ERRORS = 'userErrors { __typename ... on UserError { message path } }'
const field = (name: string, answer: string) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  return `mutation ($input: ${type}) { ${name}(input: $input) { ${answer} ${ERRORS} } }`
}
const FORGOT = field('requestPasswordReset', 'isAccepted')
const RESET = field('resetPassword', 'isChanged')
const CHANGE = field('changePassword', 'isChanged')
const VERIFY = field('verifyEmail', 'isVerified')
const ASK = `mutation { requestEmailVerification { isAccepted ${ERRORS} } }`

async function run(
  query: string,
  input: object,
  viewer: Viewer = anonymous,
  clientAddress: string | null = null,
) {
  const { data, errors } = await users.execute(query, { input }, viewer, { clientAddress })
  expect(errors).toEqual([])
  return Object.values(data as Record<string, { userErrors: { __typename: string; message: string }[] }>)[0]
}

async function forgot(email: string): Promise<string> {
  expect(await run(FORGOT, { email })).toEqual({ isAccepted: true, userErrors: [] })
  return tokenOf((await users.linksTo(email.trim().toLowerCase())).at(-1))
}

const signsIn = async (email: string, password: string) =>
  (await users.signIn(email, password)).data.signIn.session !== null

describe('a forgotten password', () => {
  test('is replaced by a link: the new one signs in, all sessions end, the owner is notified, the address is verified', async () => {
    const { id, email, refreshToken, viewer } = await users.signUp()
    users.pass(1_000)
    const token = await forgot(` ${email.toUpperCase()} `.trim())
    expect(await run(RESET, { token, password: NEW })).toEqual({ isChanged: true, userErrors: [] })
    const { session, credential } = users.resources.prisma
    const ended = { endedAt: users.now(), endedBy: 'SIGN_OUT_EVERYWHERE' }
    expect(await session.findMany({ where: { userId: id } })).toMatchObject([ended])
    expect(await credential.findMany({ where: { userId: id } })).toMatchObject([{ changedAt: users.now() }])
    expect([await signsIn(email, NEW), await signsIn(email, PASSWORD)]).toEqual([true, false])
    expect((await users.refresh(refreshToken)).data.refreshSession.session).toBeNull()
    const published = (await users.outbox()).filter(({ data }) => (data as { userId?: string }).userId === id)
    expect(published.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['users.password.changed', 'users.email.verified']),
    )
    const { data } = await users.execute('{ me { isEmailVerified version } }', {}, viewer)
    expect(data.me).toEqual({ isEmailVerified: true, version: 2 })
    // A verified address is not verified again.
    expect(await run(RESET, { token: await forgot(email), password: PASSWORD })).toMatchObject({
      isChanged: true,
    })
    expect((await users.execute('{ me { version } }', {}, viewer)).data.me).toEqual({ version: 2 })
  })

  test('is replaced once, also by many at once', async () => {
    const { email } = await users.signUp()
    const token = await forgot(email)
    const answers = await users.manyAtOnce(4, (index) => run(RESET, { token, password: `${NEW} ${index}` }))
    expect(answers.filter((answer) => answer?.userErrors.length === 0)).toHaveLength(1)
    expect(await run(RESET, { token, password: NEW })).toMatchObject({
      isChanged: false,
      userErrors: [{ __typename: 'InvalidTokenError', path: ['token'] }],
    })
  })

  test('is replaced by the newest link alone, and within 30 minutes', async () => {
    const { email } = await users.signUp()
    const first = await forgot(email)
    const second = await forgot(email)
    const refused = { isChanged: false, userErrors: [{ __typename: 'InvalidTokenError' }] }
    expect(await run(RESET, { token: first, password: NEW })).toMatchObject(refused)
    users.pass(30 * 60_000)
    for (const password of [NEW, 'short'])
      expect(await run(RESET, { token: second, password })).toMatchObject(refused)
    const third = await forgot(email)
    users.pass(30 * 60_000 - 1)
    expect(await run(RESET, { token: third, password: NEW })).toMatchObject({ isChanged: true })
  })

  test('is replaced by the link of the newer request, where those of two are made at once', async () => {
    const { email } = await users.signUp()
    const requests = ['lnk_a_older', 'lnk_b_newer'].map((id) => {
      return { id, purpose: 'RESET_PASSWORD', email, requestedAt: users.now() }
    })
    await users.resources.prisma.linkRequest.createMany({ data: requests })
    const links = new Map((await users.linksTo(email)).map((link) => [link.linkId, tokenOf(link)]))
    const reset = (id: string) => run(RESET, { token: links.get(id), password: NEW })
    expect(await reset('lnk_a_older')).toMatchObject({ isChanged: false })
    expect(await reset('lnk_b_newer')).toMatchObject({ isChanged: true })
  })

  test('a new password that is refused does not use the link up, and is not repeated', async () => {
    const { email } = await users.signUp()
    const token = await forgot(email)
    const answer = await run(RESET, { token, password: 'short' })
    expect(answer?.userErrors[0]?.message).toMatch(/^password has 5 characters/)
    expect(JSON.stringify(answer)).not.toContain('"short"')
    expect((await run(RESET, { token, password: email }))?.userErrors[0]?.message).toMatch(
      /the e-mail address/,
    )
    expect(await run(RESET, { token, password: NEW })).toMatchObject({ isChanged: true })
  })

  test('is replaced by no link to an address that the account no longer has', async () => {
    const { id, email, viewer } = await users.signUp()
    const token = await forgot(email)
    await users.execute(ASK, {}, viewer)
    const verify = tokenOf((await users.linksTo(email)).at(-1))
    const moved = `moved-${email}`
    await users.resources.prisma.account.updateMany({ where: { id }, data: { email: moved } })
    expect(await run(RESET, { token, password: NEW })).toMatchObject({ isChanged: false })
    expect(await run(VERIFY, { token: verify })).toMatchObject({ isVerified: false })
    expect(await signsIn(moved, PASSWORD)).toBe(true)
  })

  test('of an address without an account is answered alike, by the same statements, and sends nothing', async () => {
    const { email } = await users.signUp()
    const stranger = 'nobody@argyle.example'
    const known = await users.sqlCount(() => run(FORGOT, { email }))
    expect(await users.sqlCount(() => run(FORGOT, { email: stranger }))).toBe(known)
    expect(await run(FORGOT, { email: stranger })).toEqual(await run(FORGOT, { email }))
    expect(await users.linksTo(stranger)).toEqual([])
    expect(await users.resources.prisma.linkRequest.count()).toBe(0)
  })

  test('nothing that is stored or sent to others holds the token', async () => {
    const { email } = await users.signUp()
    const token = await forgot(email)
    const tables = ['link_token', 'link_request', 'outbox_message', 'throttle']
    for (const table of tables) {
      const rows = await users.resources.prisma.$queryRawUnsafe<{ row: string }[]>(
        `SELECT t::text AS row FROM ${table} t`,
      )
      expect(rows.filter(({ row }) => row.includes(token))).toEqual([])
    }
  })

  test('links to one address are throttled, whoever asks, and so is who asks, whatever for', async () => {
    const { email } = await users.signUp()
    const ask = (to: string, from: string) =>
      users.execute(FORGOT, { input: { email: to } }, anonymous, { clientAddress: from })
    for (let time = 0; time < 5; time++) expect((await ask(email, `192.0.2.${time}`)).errors).toEqual([])
    expect((await ask(email, '192.0.2.99')).errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 600,
    })
    for (let time = 0; time < 20; time++) await ask(`n${time}@argyle.example`, '198.51.100.7')
    const { email: other, viewer } = await users.signUp()
    const asked = await users.execute(ASK, {}, viewer, { clientAddress: '198.51.100.7' })
    expect(asked.errors[0]?.extensions?.code).toBe('RATE_LIMITED')
    for (let time = 0; time < 6; time++)
      expect((await ask(other, '198.51.100.7')).errors[0]?.extensions?.code).toBe('RATE_LIMITED')
    // Links that are asked for do not count as tokens that do not work.
    const input = { token: 'x'.repeat(43) }
    const used = await users.execute(VERIFY, { input }, anonymous, { clientAddress: '198.51.100.7' })
    expect(used.errors).toEqual([])
    // Refused requests take nothing from the owner of the address.
    expect((await ask(other, '192.0.2.100')).errors).toEqual([])
  })

  test.each(['', 'x', 'x'.repeat(43), `${'x'.repeat(42)}\0`, 'x'.repeat(100_000)])(
    'no token: %#',
    async (token) => {
      expect(await run(RESET, { token, password: NEW })).toMatchObject({
        isChanged: false,
        userErrors: [{ __typename: 'InvalidTokenError' }],
      })
      expect(await run(VERIFY, { token })).toMatchObject({ isVerified: false })
    },
  )

  test('tokens that do not work are throttled by address; one that works does not count', async () => {
    const guess = () =>
      users.execute(VERIFY, { input: { token: 'x'.repeat(43) } }, anonymous, { clientAddress: '203.0.113.9' })
    const token = await forgot((await users.signUp()).email)
    for (let time = 1; time < 50; time++) expect((await guess()).errors).toEqual([])
    const answer = (password: string) => run(RESET, { token, password }, anonymous, '203.0.113.9')
    expect(await answer('short')).toMatchObject({ userErrors: [{ __typename: 'ValidationError' }] })
    expect(await answer(NEW)).toMatchObject({ isChanged: true })
    expect((await guess()).errors).toEqual([])
    expect((await guess()).errors[0]?.extensions?.code).toBe('RATE_LIMITED')
  })

  test('an address that is none is refused', async () => {
    expect(await run(FORGOT, { email: 'ada' })).toMatchObject({
      isAccepted: false,
      userErrors: [{ message: expect.stringMatching(/email is "ada"/) }],
    })
  })
})

describe('a password that is changed', () => {
  test('needs the old one, ends the other sessions, and makes an older link worthless', async () => {
    const ada = await users.signUp()
    const token = await forgot(ada.email)
    const other = await users.signIn(ada.email)
    const { prisma } = users.resources
    const at = users.now()
    const ended = { endedAt: new Date(at.getTime() - 1_000), endedBy: 'SIGN_OUT' } as const
    const times = { createdAt: ended.endedAt, lastUsedAt: ended.endedAt, expiresAt: at }
    const old = { id: newId('ses'), userId: ada.id, ...times, ...ended }
    await prisma.session.create({ data: old })
    const change = (currentPassword: string, password = NEW) =>
      run(CHANGE, { currentPassword, password }, ada.viewer)
    expect(await change('not my password')).toMatchObject({
      userErrors: [{ __typename: 'InvalidCredentialsError' }],
    })
    expect(await change('x'.repeat(10_000))).toMatchObject({
      userErrors: [{ __typename: 'InvalidCredentialsError' }],
    })
    for (const password of ['short', ada.email])
      expect(await change(PASSWORD, password)).toMatchObject({
        userErrors: [{ __typename: 'ValidationError' }],
      })
    expect(await change(PASSWORD)).toEqual({ isChanged: true, userErrors: [] })
    expect([await signsIn(ada.email, NEW), await signsIn(ada.email, PASSWORD)]).toEqual([true, false])
    expect(await prisma.session.findUnique({ where: { id: old.id } })).toEqual(old)
    const otherToken = other.cookies.find(({ name }) => name === 'argyle_refresh')?.value ?? ''
    expect((await users.refresh(otherToken)).data.refreshSession.session).toBeNull()
    expect((await users.refresh(ada.refreshToken)).data.refreshSession.session).not.toBeNull()
    expect(await run(RESET, { token, password: `${NEW} 2` })).toMatchObject({ isChanged: false })
  })

  test('leaves a link that verifies the address', async () => {
    const { email, viewer } = await users.signUp()
    await users.execute(ASK, {}, viewer)
    const token = tokenOf((await users.linksTo(email)).at(-1))
    expect(await run(CHANGE, { currentPassword: PASSWORD, password: NEW }, viewer)).toMatchObject({
      isChanged: true,
    })
    expect(await run(VERIFY, { token })).toMatchObject({ isVerified: true })
  })

  test('leaves other accounts their passwords and their sessions', async () => {
    const [ada, bob] = [await users.signUp(), await users.signUp()]
    expect(await run(CHANGE, { currentPassword: PASSWORD, password: NEW }, ada.viewer)).toMatchObject({
      isChanged: true,
    })
    expect(await signsIn(bob.email, PASSWORD)).toBe(true)
    expect((await users.refresh(bob.refreshToken)).data.refreshSession.session).not.toBeNull()
  })

  test('is the viewer’s own', async () => {
    const { errors } = await users.execute(
      CHANGE,
      { input: { currentPassword: PASSWORD, password: NEW } },
      anonymous,
    )
    expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    const stranger = customer('usr_019aa5c2-8c00-7000-8000-0000000000d1')
    expect(await run(CHANGE, { currentPassword: PASSWORD, password: NEW }, stranger)).toMatchObject({
      userErrors: [{ __typename: 'InvalidCredentialsError' }],
    })
  })
})

describe('an address', () => {
  const verified = async (viewer: Viewer) =>
    (await users.execute('{ me { isEmailVerified } }', {}, viewer)).data.me.isEmailVerified

  test('is verified by a link, once, and published with the account’s next version', async () => {
    const { id, email, viewer, refreshToken } = await users.signUp()
    expect(await verified(viewer)).toBe(false)
    await users.execute(ASK, {}, viewer)
    const [link] = await users.linksTo(email)
    expect(link).toMatchObject({ purpose: 'VERIFY_EMAIL', userId: id })
    expect(await run(VERIFY, { token: tokenOf(link) })).toEqual({ isVerified: true, userErrors: [] })
    expect(await run(VERIFY, { token: tokenOf(link) })).toMatchObject({ isVerified: false })
    expect(await verified(viewer)).toBe(true)
    expect((await users.refresh(refreshToken)).data.refreshSession.session).not.toBeNull()
    const published = (await users.outbox()).filter(
      ({ type, subject }) => type === 'users.email.verified' && subject === id,
    )
    expect(published).toMatchObject([{ sequence: 2, data: { userId: id, email } }])
    // Proved already: nothing is sent.
    await users.execute(ASK, {}, viewer)
    expect(await users.linksTo(email)).toHaveLength(1)
  })

  test('is not proved by a link to a password, nor a password set by a link to an address', async () => {
    const { email, viewer } = await users.signUp()
    const reset = await forgot(email)
    expect(await run(VERIFY, { token: reset })).toMatchObject({ isVerified: false })
    await users.execute(ASK, {}, viewer)
    const verify = tokenOf((await users.linksTo(email)).at(-1))
    const refused = { isChanged: false, userErrors: [{ __typename: 'InvalidTokenError' }] }
    for (const password of [NEW, 'short'])
      expect(await run(RESET, { token: verify, password })).toMatchObject(refused)
    users.pass(24 * 3_600_000)
    expect(await run(VERIFY, { token: verify })).toMatchObject({ isVerified: false })
  })
})

test('links that are too old are forgotten; more than a batch of requests is made', async () => {
  const { email, id } = await users.signUp()
  const requestedAt = users.now()
  const data = Array.from({ length: 120 }, (_, index) => {
    return {
      id: `lnk_${index}`,
      purpose: 'RESET_PASSWORD',
      email: index === 119 ? email : `x${index}@argyle.example`,
      requestedAt,
    }
  })
  await users.resources.prisma.linkRequest.createMany({ data })
  expect(await users.linksTo(email)).toHaveLength(1)
  expect(await users.resources.prisma.linkRequest.count()).toBe(0)
  const { linkToken, pastEmail } = users.resources.prisma
  const end = users.now().getTime() + 30 * 60_000
  await pastEmail.createMany({
    data: [0, 1].map((ms) => ({
      ...{ hash: Uint8Array.of(ms), userId: id, email: `past${ms}@argyle.example` },
      expiresAt: new Date(end + ms),
    })),
  })
  users.pass(30 * 60_000 + 1)
  await users.runTimer('forget-links')
  expect(await linkToken.count({ where: { userId: id } })).toBe(0)
  // The link that undoes a change of the address, too.
  const kept = await pastEmail.findMany({ where: { userId: id }, select: { email: true } })
  expect(kept).toEqual([{ email: 'past1@argyle.example' }])
})

test('replicas that make links of the same accounts at once make all of them', async () => {
  const people = await Promise.all([0, 1, 2].map(() => users.signUp()))
  const data = Array.from({ length: 150 }, (_, index) => ({
    id: `lnk_${String(index).padStart(3, '0')}`,
    purpose: 'RESET_PASSWORD',
    // The second batch in the other direction.
    email: people[(index < 50 ? index : 150 - index) % 3]?.email ?? '',
    requestedAt: users.now(),
  }))
  await users.resources.prisma.linkRequest.createMany({ data })
  await users.manyAtOnce(3, () => users.resources.links.makeDue())
  const made = await Promise.all(people.map(({ email }) => users.linksTo(email)))
  expect(made.flat()).toHaveLength(150)
  expect(
    await users.resources.prisma.linkToken.count({ where: { userId: { in: people.map(({ id }) => id) } } }),
  ).toBe(3)
})

test.each(['users.link.made', 'users.password.changed', 'users.email.verified'])(
  '%s has the shape of its sample',
  async (type) => {
    const file = new URL(`../event-samples/${type}.json`, import.meta.url)
    const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    const published = (await users.outbox()).find((row) => row.type === type)
    expect(Object.keys(Object(published?.data)).sort()).toEqual(Object.keys(Object(sample.data)).sort())
  },
)
