import { randomUUID } from 'node:crypto'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import type { TestShop } from '../shop/testing/test-shop.ts'
import { signedIn } from './sign-in.ts'

const PASSWORD = 'a pair for every day 7'
export const key = () => randomUUID()

/** The payload of a mutation that takes one input. */
// biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
export async function run(client: GraphqlClient, name: string, shows: string, input: object): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const errors = 'userErrors { __typename ... on UserError { message path } }'
  const answer = await client.ask(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${shows} ${errors} } }`,
    { input },
  )
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
  return answer.data[name]
}

export const aSignUp = () => ({ email: `${key()}@example.com`, password: PASSWORD, displayName: 'Lotte' })

/** A client of a new account. */
async function customer(shop: TestShop): Promise<GraphqlClient> {
  const client = shop.visitor()
  const { session } = await run(client, 'signUp', 'session { accessToken }', {
    idempotencyKey: key(),
    ...aSignUp(),
  })
  client.useToken(session.accessToken)
  return client
}
export const customers = async (shop: TestShop) => [await customer(shop), await customer(shop)] as const

/** A second administrator. */
export const administrator = (shop: TestShop, first: GraphqlClient) => staffWith(shop, first, 'ADMIN')

/** A client of a new account with a role, which `first` grants. */
export async function staffWith(shop: TestShop, first: GraphqlClient, role: string): Promise<GraphqlClient> {
  const account = aSignUp()
  const made = await run(shop.visitor(), 'signUp', 'session { user { id version } }', {
    idempotencyKey: key(),
    ...account,
  })
  const { id: userId, version: expectedVersion } = made.session.user
  await run(first, 'grantRole', 'user { id }', { userId, expectedVersion, role })
  return signedIn(shop, account)
}
