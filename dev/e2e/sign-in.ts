import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import type { TestShop } from '../shop/testing/test-shop.ts'

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken user { id displayName } } userErrors { __typename ... on UserError { message } } }
}`

/** Signs a client in for all its further requests. @returns the user's id */
export async function signIn(
  client: GraphqlClient,
  account: { email: string; password: string },
): Promise<string> {
  const { email, password } = account
  const { data, errors } = await client.ask(SIGN_IN, { input: { email, password } })
  const session = data?.signIn?.session
  if (!session) throw new Error(`${email} cannot sign in: ${JSON.stringify({ data, errors })}`)
  client.useToken(session.accessToken)
  return session.user.id
}

/** A new client of the shop that is signed in. */
export async function signedIn(
  shop: TestShop,
  account: { email: string; password: string },
): Promise<GraphqlClient> {
  const client = shop.visitor()
  await signIn(client, account)
  return client
}
