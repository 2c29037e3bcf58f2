import { expect, test } from 'vitest'
import { testLog } from '../testing/router.ts'
import { BadToken, type Identify } from './access-token.ts'
import { EXPIRED, userIdentity } from './identity.ts'
import { KeysUnavailable } from './jwks.ts'
import { readersBy } from './readers.ts'

const identify: Identify = (authorization = '') => {
  if (authorization.includes('bad')) throw new BadToken('the signature is wrong')
  return userIdentity(authorization.replace('Bearer ', ''), null, '')
}

test('of a response with very many readers the first hundred are read', async () => {
  const lines = Array.from({ length: 101 }, (_, index) => `field${index} usr_${index}`)
  const readers = await readersBy(identify, testLog().log)(lines)
  expect(readers?.size).toBe(100)
  expect(readers?.get('field99')).toMatchObject({ subject: 'usr_99' })
})

test('a token that is not believed names nobody, and the reason is logged without the token', async () => {
  const { log, logged } = testLog()
  expect(await readersBy(identify, log)('signIn bad.token')).toBeNull()
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'the x-reader token of a subgraph was rejected', reason: 'the signature is wrong' },
  ])
  expect(logged.join('')).not.toContain('bad.token')
})

test('while no key is known, a token names nobody', async () => {
  const { log, logged } = testLog()
  const keyless: Identify = async () => {
    throw new KeysUnavailable('no key has been fetched yet')
  }
  expect(await readersBy(keyless, log)('signIn token')).toBeNull()
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({ reason: 'no key has been fetched yet' })
})

test.each([
  ['signIn token', ['signIn']],
  ['_1 token', ['_1']],
  ['signIn', []],
  ['signIn  token', []],
  ['signIn token more', []],
  ['1st token', []],
  ['sign-in token', []],
  [' signIn token', []],
  ['', []],
])('the line %j names readers of %j', async (line, names) => {
  const readers = await readersBy(identify, testLog().log)(line)
  expect([...(readers?.keys() ?? [])]).toEqual(names)
})

test('an expired token names nobody', async () => {
  expect(await readersBy(() => EXPIRED, testLog().log)('signIn token')).toBeNull()
})

test('an error of ours is thrown on', async () => {
  const broken: Identify = () => {
    throw new TypeError('a fault')
  }
  await expect(readersBy(broken, testLog().log)('signIn token')).rejects.toThrow(TypeError)
})
