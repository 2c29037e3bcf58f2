import { z } from 'zod'
import { DEMO_PASSWORD, user } from '../../dev/seed/customers/user.ts'
import type { Plan } from '../../dev/seed/plan.ts'
import { DEMO_ACCOUNTS } from '../../dev/shop/terminal/demo-accounts.ts'
import { type Ask, client } from './graphql.ts'
import type { Post } from './http.ts'

/** A signed-in customer with an address and a card, and with an empty cart or none. */
export type Customer = {
  readonly ask: Ask
  readonly addressId: string
  readonly place: Place
  readonly paymentMethodId: string
}

/** The destination of a customer's orders, as shipping and tax need it. */
export type Place = {
  readonly countryCode: string
  readonly postalCode: string
  readonly region: string | null
}

/** The seeded accounts after those of the staff are all customers with an address. */
const FIRST_CUSTOMER = 5
/** Password hashes are computed two at a time; the shop refuses sign-ins beyond a queue limit. */
const AT_ONCE = 4

const SIGN_IN = `mutation($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { __typename } }
}`
const signedIn = z.object({ signIn: z.object({ session: z.object({ accessToken: z.string() }) }) })

const ME = `{ me {
  addresses { id countryCode postalCode region } paymentMethods { id } cart { id version }
} }`
const address = z.object({
  id: z.string(),
  countryCode: z.string(),
  postalCode: z.string(),
  region: z.string().nullable(),
})
const me = z.object({
  me: z.object({
    addresses: z.tuple([address], z.unknown()),
    paymentMethods: z.tuple([z.object({ id: z.string() })], z.unknown()),
    cart: z.object({ id: z.string(), version: z.int() }).nullable(),
  }),
})

const CLEAR =
  'mutation($input: ClearCartInput!) { clearCart(input: $input) { cart { id } userErrors { __typename } } }'
const cleared = z.object({
  clearCart: z.object({ cart: z.object({ id: z.string() }), userErrors: z.tuple([]) }),
})

/**
 * Signs in this many seeded customers through the router; each takes about 20 ms, the cost of the password
 * hash.
 */
export async function signInCustomers(post: Post, url: URL, plan: Plan, count: number): Promise<Customer[]> {
  const customers: Customer[] = []
  const waiting = Array.from(
    { length: count },
    (_, index) => user(plan, FIRST_CUSTOMER + index).email,
  ).reverse()
  const worker = async () => {
    for (let email = waiting.pop(); email; email = waiting.pop())
      customers.push(await customer(post, url, email))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return customers
}

/** A member of staff with every scope. */
export function signInStaff(post: Post, url: URL): Promise<Ask> {
  return signIn(post, url, DEMO_ACCOUNTS.staff.email)
}

async function signIn(post: Post, url: URL, email: string): Promise<Ask> {
  const input = { email, password: DEMO_PASSWORD }
  const { session } = (await client(post, url)(SIGN_IN, { input }, signedIn)).signIn
  return client(post, url, session.accessToken)
}

async function customer(post: Post, url: URL, email: string): Promise<Customer> {
  const ask = await signIn(post, url, email)
  const { addresses, paymentMethods, cart } = (await ask(ME, {}, me)).me
  // The seed gives some customers a cart with items.
  if (cart) await ask(CLEAR, { input: { cartId: cart.id, expectedVersion: cart.version } }, cleared)
  const [{ id: addressId, ...place }] = addresses
  return { ask, addressId, place, paymentMethodId: paymentMethods[0].id }
}
