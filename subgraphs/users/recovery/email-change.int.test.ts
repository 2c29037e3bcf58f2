import { anonymous, type Viewer } from '@argyle/kit/identity'
import { hashedBucket } from '@argyle/kit/throttle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINKS_PER_ADDRESS, LINKS_PER_EMAIL, TOKENS_PER_ADDRESS } from '../credential/throttle.ts'
import { tokenOf } from '../testing/links.ts'
import { openUsers, PASSWORD, SIGN_UP, type SignedUp, type TestUsers } from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())

const HOUR_MS = 3_600_000
const ERRORS = 'userErrors { __typename ... on UserError { message path } }'
const REQUEST = `mutation ($input: RequestEmailChangeInput!) { requestEmailChange(input: $input) { isAccepted ${ERRORS} } }`
const CONFIRM = `mutation ($input: ConfirmEmailChangeInput!) { confirmEmailChange(input: $input) { isChanged ${ERRORS} } }`
const UNDO = `mutation ($input: UndoEmailChangeInput!) { undoEmailChange(input: $input) { isUndone ${ERRORS} } }`
const RESET = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { isChanged ${ERRORS} } }`
const CHANGE_PASSWORD = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { isChanged } }`

let addresses = 0
const anEmail = () => `new-${++addresses}@argyle.example`

async function run(query: string, input: object, viewer: Viewer = anonymous) {
  const { data, errors } = await users.execute(query, { input }, viewer)
  expect(errors).toEqual([])
  return Object.values(data)[0] as { userErrors: { __typename: string; message: string }[] }
}

const request = (email: string, { viewer }: SignedUp, currentPassword = PASSWORD) =>
  run(REQUEST, { email, currentPassword }, viewer)

/** The token of the newest link to an address. */
async function newestTo(email: string, purpose: string): Promise<string> {
  const links = (await users.linksTo(email)).filter((link) => link.purpose === purpose)
  return tokenOf(links.at(-1))
}

/** Changes an address by its link. */
async function change(account: SignedUp, email: string) {
  expect(await request(email, account)).toEqual({ isAccepted: true, userErrors: [] })
  return run(CONFIRM, { token: await newestTo(email, 'CHANGE_EMAIL') })
}

const emailOf = async ({ viewer }: SignedUp) =>
  (await users.execute('{ me { email isEmailVerified version } }', {}, viewer)).data.me
const signsIn = async (email: string, password = PASSWORD) =>
  (await users.signIn(email, password)).data.signIn.session !== null

describe('an address that is changed', () => {
  test('is the new one only after the link; then it signs in, is verified, and is published', async () => {
    const ada = await users.signUp()
    const email = anEmail()
    expect(await request(`${email.toUpperCase()}`, ada)).toEqual({ isAccepted: true, userErrors: [] })
    expect(await emailOf(ada)).toMatchObject({ email: ada.email })
    const token = await newestTo(email, 'CHANGE_EMAIL')
    expect(await run(CONFIRM, { token })).toEqual({ isChanged: true, userErrors: [] })
    expect(await emailOf(ada)).toEqual({ email, isEmailVerified: true, version: 2 })
    expect([await signsIn(email), await signsIn(ada.email)]).toEqual([true, false])
    expect((await users.refresh(ada.refreshToken)).data.refreshSession.session).not.toBeNull()
    const published = (await users.outbox()).filter(
      ({ subject, sequence }) => subject === ada.id && sequence === 2,
    )
    expect(published.map(({ type }) => type).sort()).toEqual([
      'users.contact.changed',
      'users.email.verified',
    ])
    for (const { data } of published) expect(data).toMatchObject({ userId: ada.id, email })
    expect(await run(CONFIRM, { token })).toMatchObject({ isChanged: false })
  })

  test('needs the password, another address, and an account', async () => {
    const ada = await users.signUp()
    expect(await request(anEmail(), ada, 'not my password')).toMatchObject({
      isAccepted: false,
      userErrors: [{ __typename: 'InvalidCredentialsError' }],
    })
    expect(await request(ada.email, ada)).toMatchObject({
      userErrors: [
        {
          __typename: 'ValidationError',
          message: `email is "${ada.email}", the address of the account: allowed is another one`,
        },
      ],
    })
    expect(await request('ada', ada)).toMatchObject({
      userErrors: [{ message: expect.stringMatching(/email is "ada"/) }],
    })
    const input = { email: anEmail(), currentPassword: PASSWORD }
    expect((await users.execute(REQUEST, { input }, anonymous)).errors[0]?.extensions?.code).toBe(
      'UNAUTHENTICATED',
    )
  })

  test('to that of another account is answered alike, by the same statements, and sends nothing', async () => {
    const [ada, bob] = [await users.signUp(), await users.signUp()]
    const free = await users.sqlCount(() => request(anEmail(), ada))
    expect(await users.sqlCount(() => request(bob.email, ada))).toBe(free)
    expect(await request(bob.email, ada)).toEqual(await request(anEmail(), ada))
    expect(await users.linksTo(bob.email)).toEqual([])
  })

  test('which another account has taken meanwhile stays as it is', async () => {
    const ada = await users.signUp()
    const email = anEmail()
    await request(email, ada)
    const token = await newestTo(email, 'CHANGE_EMAIL')
    await users.signUp(email)
    expect(await run(CONFIRM, { token })).toMatchObject({
      isChanged: false,
      userErrors: [{ __typename: 'InvalidTokenError' }],
    })
    expect(await emailOf(ada)).toMatchObject({ email: ada.email, version: 1 })
  })

  test('that has become the previous one of another account meanwhile stays free for its owner', async () => {
    const eve = await users.signUp()
    const email = anEmail()
    await request(email, eve)
    const token = await newestTo(email, 'CHANGE_EMAIL')
    await change(await aVerified(email), anEmail())
    expect(await run(CONFIRM, { token })).toMatchObject({ isChanged: false })
    expect(await emailOf(eve)).toMatchObject({ email: eve.email })
  })

  test('goes back to one that the account itself had before', async () => {
    const ada = await users.signUp()
    const [first, second] = [anEmail(), anEmail()]
    for (const email of [first, second, first])
      expect(await change(ada, email)).toEqual({ isChanged: true, userErrors: [] })
    expect(await emailOf(ada)).toMatchObject({ email: first })
  })

  test('goes to one of two accounts that take it at once', async () => {
    const people = [await users.signUp(), await users.signUp()]
    const email = anEmail()
    const tokens: string[] = []
    for (const person of people) {
      await request(email, person)
      tokens.push(await newestTo(email, 'CHANGE_EMAIL'))
    }
    const answers = await users.atOnce(tokens.map((token) => () => run(CONFIRM, { token })))
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1)
    const emails = await Promise.all(people.map(emailOf))
    expect(emails.filter((one) => one.email === email)).toHaveLength(1)
  })

  test('goes to the one of two new addresses whose link was requested last', async () => {
    const ada = await users.signUp()
    const [first, second] = [anEmail(), anEmail()]
    await request(first, ada)
    const older = await newestTo(first, 'CHANGE_EMAIL')
    await request(second, ada)
    const newer = await newestTo(second, 'CHANGE_EMAIL')
    expect(await run(CONFIRM, { token: older })).toMatchObject({ isChanged: false })
    expect(await run(CONFIRM, { token: newer })).toMatchObject({ isChanged: true })
    expect(await emailOf(ada)).toMatchObject({ email: second })
  })

  test('works within an hour, and not once the password is another one', async () => {
    const ada = await users.signUp()
    const email = anEmail()
    await request(email, ada)
    const late = await newestTo(email, 'CHANGE_EMAIL')
    users.pass(HOUR_MS)
    expect(await run(CONFIRM, { token: late })).toMatchObject({ isChanged: false })
    await request(email, ada)
    const token = await newestTo(email, 'CHANGE_EMAIL')
    // A change that is requested, and not made yet.
    await request(anEmail(), ada)
    const passwords = { currentPassword: PASSWORD, password: 'a pair of odd socks' }
    expect(await run(CHANGE_PASSWORD, passwords, ada.viewer)).toEqual({ isChanged: true })
    expect(await users.resources.prisma.linkRequest.count()).toBe(0)
    expect(await run(CONFIRM, { token })).toMatchObject({ isChanged: false })
  })

  test('works though the password of another account is another one, also where its link is not made yet', async () => {
    const [ada, bob] = [await users.signUp(), await users.signUp()]
    const [first, second] = [anEmail(), anEmail()]
    await request(first, ada)
    const token = await newestTo(first, 'CHANGE_EMAIL')
    await request(second, ada)
    const passwords = { currentPassword: PASSWORD, password: 'a pair of odd socks' }
    expect(await run(CHANGE_PASSWORD, passwords, bob.viewer)).toEqual({ isChanged: true })
    expect(await run(CONFIRM, { token })).toMatchObject({ isChanged: true })
    const later = await newestTo(second, 'CHANGE_EMAIL')
    expect(await run(CONFIRM, { token: later })).toMatchObject({ isChanged: true })
  })

  test('makes links to the address before worthless', async () => {
    const ada = await users.signUp()
    await users.resources.links.request('RESET_PASSWORD', ada.email)
    const reset = await newestTo(ada.email, 'RESET_PASSWORD')
    await change(ada, anEmail())
    expect(await run(RESET, { token: reset, password: 'a pair of odd socks' })).toMatchObject({
      isChanged: false,
    })
  })

  test('is asked for five times at once by one account, then once in six hours', async () => {
    const ada = await users.signUp()
    // A wrong password does not count, and a refused request does not count for its address.
    await request(anEmail(), ada, 'not my password')
    for (let time = 0; time < 5; time++) await request(anEmail(), ada)
    const input = { email: anEmail(), currentPassword: PASSWORD }
    const { errors } = await users.execute(REQUEST, { input }, ada.viewer)
    expect(errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 6 * 3_600 })
    const key = hashedBucket('link', input.email)
    expect(await users.resources.prisma.throttle.count({ where: { key } })).toBe(0)
  })

  test('counts as a link to its address, and as one that its client asks for', async () => {
    const { viewer } = await users.signUp()
    const { throttle } = users.resources
    const ask = async (email: string, clientAddress: string) => {
      const input = { email, currentPassword: PASSWORD }
      const { errors } = await users.execute(REQUEST, { input }, viewer, { clientAddress })
      return errors[0]?.extensions?.retryAfterSeconds
    }
    const [inbox, free] = [anEmail(), anEmail()]
    const { burst } = LINKS_PER_EMAIL
    for (let made = 1; made < burst; made++) await throttle.take(hashedBucket('link', inbox), LINKS_PER_EMAIL)
    for (let made = 1; made < LINKS_PER_ADDRESS.burst; made++)
      await throttle.take('link:192.0.2.7', LINKS_PER_ADDRESS)
    expect(await ask(inbox, '192.0.2.7')).toBeUndefined()
    expect(await ask(inbox, '192.0.2.8')).toBe(600)
    expect(await ask(free, '192.0.2.7')).toBe(60)
    expect(await ask(free, '192.0.2.8')).toBeUndefined()
  })
})

/** An account that has verified its address. */
async function aVerified(email?: string): Promise<SignedUp> {
  const ada = await users.signUp(email)
  await users.resources.prisma.account.updateMany({
    where: { id: ada.id },
    data: { emailVerifiedAt: users.now() },
  })
  return ada
}

describe('a change that is taken back', () => {
  test('is of a verified address: the reader of a mistyped one gets no link, and keeps it from nobody', async () => {
    const ada = await users.signUp()
    await change(ada, anEmail())
    expect(await users.linksTo(ada.email)).toEqual([])
    const published = (await users.outbox()).filter(
      ({ type, data }) => type === 'users.email.replaced' && (data as { email: string }).email === ada.email,
    )
    // The shape of the sample.
    expect(published.map(({ data }) => data)).toEqual([
      { changeId: published[0]?.subject, userId: ada.id, email: ada.email },
    ])
    expect(await users.resources.prisma.pastEmail.count({ where: { userId: ada.id } })).toBe(0)
    expect((await users.signUp(ada.email)).email).toBe(ada.email)
  })

  test('restores the address, ends all sessions and the password, and sends a link to a new one', async () => {
    const [ada, bob] = [await aVerified(), await users.signUp()]
    const stolen = anEmail()
    await change(ada, stolen)
    const token = await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')
    users.pass(1)
    expect(await run(UNDO, { token })).toEqual({ isUndone: true, userErrors: [] })
    const credential = await users.resources.prisma.credential.findFirst({ where: { userId: ada.id } })
    expect(credential?.changedAt).toEqual(users.now())
    expect(await emailOf(ada)).toMatchObject({ email: ada.email, isEmailVerified: true, version: 3 })
    expect([await signsIn(ada.email), await signsIn(stolen)]).toEqual([false, false])
    expect((await users.refresh(ada.refreshToken)).data.refreshSession.session).toBeNull()
    expect((await users.refresh(bob.refreshToken)).data.refreshSession.session).not.toBeNull()
    expect(await signsIn(bob.email)).toBe(true)
    const ended = (await users.outbox()).filter(({ type }) => type === 'users.password.changed')
    // The restored address, not the removed one.
    expect(ended.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ userId: ada.id, email: ada.email }),
    )
    const reset = await newestTo(ada.email, 'RESET_PASSWORD')
    expect(await run(RESET, { token: reset, password: 'a pair of odd socks' })).toMatchObject({
      isChanged: true,
    })
    expect(await signsIn(ada.email, 'a pair of odd socks')).toBe(true)
    expect(await run(UNDO, { token })).toMatchObject({ userErrors: [{ __typename: 'InvalidTokenError' }] })
  })

  test('goes back past a second change, whose own link then restores nothing', async () => {
    const ada = await aVerified()
    const [first, second] = [anEmail(), anEmail()]
    await change(ada, first)
    await change(ada, second)
    const thiefs = await newestTo(first, 'UNDO_EMAIL_CHANGE')
    const token = await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')
    expect(await run(UNDO, { token })).toMatchObject({ isUndone: true })
    expect(await emailOf(ada)).toMatchObject({ email: ada.email })
    expect(await run(UNDO, { token: thiefs })).toMatchObject({ isUndone: false })
  })

  test('leaves no link of whoever changed it, also none that is only requested; those of others work', async () => {
    const [ada, bob, cy] = [await aVerified(), await aVerified(), await users.signUp()]
    const [stolen, made, requested] = [anEmail(), anEmail(), anEmail()]
    await change(bob, anEmail())
    const bobs = await newestTo(bob.email, 'UNDO_EMAIL_CHANGE')
    const [cysOld, cysNew] = [anEmail(), anEmail()]
    await request(cysOld, cy)
    const cys = await newestTo(cysOld, 'CHANGE_EMAIL')
    await change(ada, stolen)
    await request(made, ada)
    const thiefs = await newestTo(made, 'CHANGE_EMAIL')
    const token = await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')
    await request(requested, ada)
    await request(cysNew, cy)
    expect(await run(UNDO, { token })).toMatchObject({ isUndone: true })
    expect(await run(CONFIRM, { token: thiefs })).toMatchObject({ isChanged: false })
    expect(await run(CONFIRM, { token: cys })).toMatchObject({ isChanged: true })
    expect(await users.linksTo(requested)).toEqual([])
    expect(await emailOf(ada)).toMatchObject({ email: ada.email, version: 3 })
    expect(await users.linksTo(cysNew)).toHaveLength(1)
    expect(await run(UNDO, { token: bobs })).toMatchObject({ isUndone: true })
  })

  test('after the account went back by itself changes the password alone', async () => {
    const ada = await aVerified()
    await change(ada, anEmail())
    const token = await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')
    await change(ada, ada.email)
    expect(await run(UNDO, { token })).toMatchObject({ isUndone: true })
    expect(await emailOf(ada)).toMatchObject({ email: ada.email, version: 3 })
    expect(await signsIn(ada.email)).toBe(false)
  })

  test('is possible for three days, in which no other account gets the address', async () => {
    const [ada, eve] = [await aVerified(), await users.signUp()]
    await change(ada, anEmail())
    const input = {
      idempotencyKey: 'a key of some length',
      email: ada.email,
      password: PASSWORD,
      displayName: 'E',
    }
    expect((await users.execute(SIGN_UP, { input })).data.signUp).toMatchObject({
      session: null,
      userErrors: [{ __typename: 'EmailTakenError' }],
    })
    await request(ada.email, eve)
    expect((await users.linksTo(ada.email)).filter(({ userId }) => userId === eve.id)).toEqual([])
    const token = await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')
    users.pass(72 * HOUR_MS)
    expect(await run(UNDO, { token })).toMatchObject({ isUndone: false })
    await request(ada.email, eve)
    expect((await users.linksTo(ada.email)).filter(({ userId }) => userId === eve.id)).toHaveLength(1)
    expect((await users.signUp(ada.email)).email).toBe(ada.email)
    users.pass(1)
    await users.runTimer('forget-links')
    expect(await users.resources.prisma.pastEmail.count({ where: { userId: ada.id } })).toBe(0)
  })

  test('by the account itself is a change as any other', async () => {
    const ada = await users.signUp()
    await change(ada, anEmail())
    expect(await change(ada, ada.email)).toEqual({ isChanged: true, userErrors: [] })
    expect(await emailOf(ada)).toMatchObject({ email: ada.email, version: 3 })
  })

  test.each(['', 'x'.repeat(43), 'x'.repeat(100_000)])('takes no token that is none: %#', async (token) => {
    for (const mutation of [CONFIRM, UNDO])
      expect(await run(mutation, { token })).toMatchObject({
        userErrors: [{ __typename: 'InvalidTokenError', path: ['token'] }],
      })
  })
})

test.each([
  ['confirmEmailChange', '203.0.113.60', CONFIRM, {}],
  ['undoEmailChange', '203.0.113.61', UNDO, {}],
  ['resetPassword', '203.0.113.62', RESET, { password: 'a pair of odd socks' }],
])('a token of no link counts for the client of %s', async (name, clientAddress, mutation, other) => {
  const { throttle } = users.resources
  for (let tries = 1; tries < TOKENS_PER_ADDRESS.burst; tries++)
    await throttle.take(`link-token:${clientAddress}`, TOKENS_PER_ADDRESS)
  const guess = () =>
    users.execute(mutation, { input: { token: 'x'.repeat(43), ...other } }, anonymous, { clientAddress })
  expect((await guess()).data[name].userErrors).toMatchObject([{ __typename: 'InvalidTokenError' }])
  expect((await guess()).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
})

test('no table holds the token of a link', async () => {
  const ada = await aVerified()
  const email = anEmail()
  await change(ada, email)
  const tokens = [await newestTo(email, 'CHANGE_EMAIL'), await newestTo(ada.email, 'UNDO_EMAIL_CHANGE')]
  for (const table of ['link_token', 'past_email', 'link_request', 'outbox_message']) {
    const rows = await users.resources.prisma.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM ${table} t`,
    )
    expect(rows.filter(({ row }) => tokens.some((token) => row.includes(token)))).toEqual([])
  }
})
