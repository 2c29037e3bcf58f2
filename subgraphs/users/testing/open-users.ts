import { randomBytes, randomUUID } from 'node:crypto'
import type { Viewer } from '@argyle/kit/identity'
import { type OperationResult, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { decodeJwt } from 'jose'
import type { Resources } from '../open.ts'
import { users } from '../subgraph.ts'
import { LINK_KEY, type Link } from './links.ts'

export const PASSWORD = 'mismatched-socks'

export const SIGN_UP = /* GraphQL */ `
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      session { accessToken accessTokenExpiresAt user { id displayName version } }
      userErrors { __typename ... on UserError { message path } }
    }
  }`

export const SIGN_IN = /* GraphQL */ `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session { accessToken accessTokenExpiresAt user { id } }
      userErrors { __typename ... on UserError { message path } }
    }
  }`

export const REFRESH = /* GraphQL */ `
  mutation Refresh {
    refreshSession {
      session { accessToken user { id } }
      userErrors { __typename ... on UserError { message path } }
    }
  }`

/** A signed-up customer. */
export type SignedUp = {
  id: string
  email: string
  viewer: Viewer
  accessToken: string
  refreshToken: string
}

/** The refresh token that an answer sets; undefined if none. */
export const refreshTokenOf = ({ cookies }: OperationResult) =>
  cookies.find(({ name }) => name === 'argyle_refresh')?.value

/** The request of a browser with this refresh token. */
export const withCookie = (token: string) => ({
  headers: { cookie: `theme=dark; argyle_refresh=${token}; lang=en` },
})

/** The viewer of an access token. */
export function viewerOf(accessToken: string): Viewer & { kind: 'user' } {
  const { sub = '', sid, scope } = decodeJwt<{ sid: string; scope: string }>(accessToken)
  return { kind: 'user', id: sub, sessionId: sid, scopes: new Set(scope.split(' ')) }
}

/** The users subgraph on its own database, with a clock that only the test moves. */
export async function openUsers({
  definition = users,
  ...options
}: Pick<TestOptions, 'log' | 'database'> & { definition?: typeof users } = {}) {
  let now = new Date('2026-11-21T09:00:00.250Z')
  const subgraph = await testSubgraph(definition, {
    ...options,
    clock: () => now,
    settings: {
      ACCESS_TOKEN_ISSUER: 'https://argyle.example',
      ACCESS_TOKEN_AUDIENCE: 'argyle',
      SIGNING_KEY_SECRET: randomBytes(32).toString('base64url'),
      LINK_KEY: LINK_KEY.toString('base64url'),
    },
  })
  // The harness returns the resources that the definition opened.
  const resources = subgraph.resources as unknown as Resources

  return {
    ...subgraph,
    resources,
    now: () => now,
    /** Advances the clock. */
    pass(ms: number) {
      now = new Date(now.getTime() + ms)
    },

    async signUp(email = `${randomUUID()}@argyle.example`, displayName = 'Ada'): Promise<SignedUp> {
      const input = { idempotencyKey: randomUUID(), email, password: PASSWORD, displayName }
      const answer = await subgraph.execute(SIGN_UP, { input })
      const { session, userErrors } = answer.data?.signUp ?? {}
      if (!session) throw new Error(`not signed up: ${JSON.stringify(userErrors ?? answer.errors)}`)
      const viewer = viewerOf(session.accessToken)
      const { accessToken } = session
      return { id: viewer.id, email, viewer, accessToken, refreshToken: refreshTokenOf(answer) ?? '' }
    },

    signIn: (email: string, password = PASSWORD, clientAddress: string | null = null) =>
      subgraph.execute(SIGN_IN, { input: { email, password } }, undefined, { clientAddress }),

    refresh: (token: string) => subgraph.execute(REFRESH, {}, undefined, withCookie(token)),

    /** The links that were made for an address, oldest first. */
    async linksTo(email: string): Promise<Link[]> {
      await subgraph.runTimer('make-links')
      const made = (await subgraph.outbox()).filter(({ type }) => type === 'users.link.made')
      return made.map(({ data }) => data as Link).filter((link) => link.email === email)
    },

    /** Makes an account an administrator directly in the database, as the operator of a new shop does. */
    async promote(userId: string): Promise<Viewer> {
      await resources.prisma.account.updateMany({
        where: { id: userId },
        data: { roles: ['CUSTOMER', 'ADMIN'] },
      })
      return {
        kind: 'user',
        id: userId,
        sessionId: '',
        scopes: new Set(['self', 'users:read', 'users:write']),
      }
    },
  }
}

export type TestUsers = Awaited<ReturnType<typeof openUsers>>
