import { scopesOf } from '@argyle/users/account/role'
import { decodeJwt, jwtVerify } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { DEMO_STAFF, userId } from '../../seed/customers/user.ts'
import { developerToken } from './developer-token.ts'

const key = new Uint8Array(32).fill(1)

afterEach(() => {
  vi.useRealTimers()
})

test('the token of a developer is for one subgraph, has the scopes of an administrator, and lasts a day', async () => {
  // The second of its issue may end before that of its expiry is read.
  vi.useFakeTimers({ toFake: ['Date'] })
  const token = await developerToken('reviews', key, null)
  const { payload, protectedHeader } = await jwtVerify(token, key, {
    issuer: 'argyle-router',
    audience: 'reviews',
  })
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
  const { iat = 0, ...claims } = payload
  expect(claims).toEqual({
    ...{ iss: 'argyle-router', aud: 'reviews', sub: 'usr_developer', sid: 'ses_developer' },
    // A list separated by spaces (RFC 8693, section 4.2).
    scope: scopesOf(['ADMIN']).join(' '),
    exp: iat + 24 * 60 * 60,
  })
  await expect(jwtVerify(token, key, { audience: 'orders' })).rejects.toThrow('"aud"')
})

test('where there is seed data, the token is that of the seeded member of staff', async () => {
  const plan = { seed: 1, size: 'tiny', today: Date.parse('2026-11-21') } as const
  expect(decodeJwt(await developerToken('reviews', key, plan)).sub).toBe(userId(plan, DEMO_STAFF))
})
