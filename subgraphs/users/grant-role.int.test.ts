import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUsers, type TestUsers } from './testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

const command = fileURLToPath(new URL('grant-role.ts', import.meta.url))
const run = (...args: string[]) =>
  promisify(execFile)(process.execPath, [command, ...args], {
    env: { ...programEnvironment(), DATABASE_URL: users.databaseUrl },
  })
const failureOf = (...args: string[]) =>
  run(...args).catch((error: { code: number; stderr: string }) => error)
const accountOf = (id: string) => users.resources.prisma.account.findFirst({ where: { id } })

test('who signed up becomes the first administrator, and it leaves a trace', async () => {
  const { id, email } = await users.signUp()
  const { stdout } = await run(email.toUpperCase(), 'ADMIN')
  expect(stdout).toBe(`${email} is CUSTOMER, ADMIN: from the next sign-in on, or within 10 minutes\n`)
  expect(await accountOf(id)).toMatchObject({ roles: ['CUSTOMER', 'ADMIN'], version: 2 })
  await run(email, 'ADMIN')
  expect(await accountOf(id)).toMatchObject({ version: 2 })
  expect(await users.resources.prisma.auditEntry.findMany({ where: { subjectId: id } })).toMatchObject([
    { action: 'grantRole', actorId: 'operator', after: { roles: ['CUSTOMER', 'ADMIN'] } },
  ])
})

test('--help prints the usage and the roles, without a database', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [command, '--help'], { env: {} })
  expect(stdout).toMatch(/^npm run grant-role -- EMAIL ROLE\n/)
  expect(stdout).toContain(
    'ROLE is one of CUSTOMER, SUPPORT, WAREHOUSE, MERCHANDISER, ANALYST, MARKETER, ADMIN.',
  )
})

test.each([
  [
    ['nobody@argyle.example', 'ADMIN'],
    'no account has the e-mail address nobody@argyle.example: sign up first',
  ],
  [['nobody', 'BOSS'], 'email is "nobody": allowed is an e-mail address such as ada@argyle.example'],
  [['nobody', 'BOSS'], 'role is "BOSS": allowed is '],
  [[], 'usage: npm run grant-role -- EMAIL ROLE'],
  [['ada@argyle.example', 'ADMIN', 'SUPPORT'], 'unexpected arguments: SUPPORT'],
])('%j is refused: %s', async (args, message) => {
  const failure = await failureOf(...args)
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining(message) })
  expect(failure.stderr).toMatch(/^no role was granted: /)
  expect(failure.stderr).not.toContain('    at ')
})

test('a database that is away is a failure with its reason', async () => {
  const env = { ...programEnvironment(), DATABASE_URL: 'postgresql://argyle@127.0.0.1:1/users' }
  const failure = await promisify(execFile)(process.execPath, [command, 'ada@argyle.example', 'ADMIN'], {
    env,
  }).catch((error: { code: number; stdout: string; stderr: string }) => error)
  expect(failure).toMatchObject({
    code: 1,
    stdout: '',
    stderr: "no role was granted: Can't reach database server at 127.0.0.1:1\n",
  })
})

test('an unexpected failure is printed with its stack', async () => {
  // A database without tables.
  const env = { ...programEnvironment(), DATABASE_URL: new URL('postgres', users.databaseUrl).href }
  const failure = await promisify(execFile)(process.execPath, [command, 'ada@argyle.example', 'ADMIN'], {
    env,
  }).catch((error: { code: number; stderr: string }) => error)
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(/^no role was granted: /) })
  expect(failure.stderr).toContain('    at ')
})
