// Tested by oversell, which orders with these customers.

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { cardTokenAt } from '../../dev/shop/testing/card-token.ts'
import type { Life } from '../life.ts'
import type { Customer } from './customers.ts'
import { client } from './graphql.ts'
import { connections, type Post } from './http.ts'

/** Accounts that sign up from one network address. The shop limits the cards that are added from one. */
const PER_ADDRESS = 25

const CARD = '4242424242424242'
const PLACE = { countryCode: 'DE', postalCode: '04109', region: null }

const none = z.tuple([])

const SIGN_UP = `mutation($input: SignUpInput!) {
  signUp(input: $input) { session { accessToken } userErrors { __typename } }
}`
const signedUp = z.object({ signUp: z.object({ session: z.object({ accessToken: z.string() }) }) })

const GATEWAY = '{ paymentGateway { tokenUrl } }'
const gateway = z.object({ paymentGateway: z.object({ tokenUrl: z.string() }) })

const ADD_ADDRESS = `mutation($input: AddAddressInput!) {
  addAddress(input: $input) { address { id } userErrors { ... on UserError { message } } }
}`
const withAddress = z.object({
  addAddress: z.object({ address: z.object({ id: z.string() }), userErrors: none }),
})

const ADD_CARD = `mutation($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } userErrors { ... on UserError { message } } }
}`
const withCard = z.object({
  addPaymentMethod: z.object({ paymentMethod: z.object({ id: z.string() }), userErrors: none }),
})

/**
 * Signs up this many customers, each with an address and a card. They have addresses of the network 127.0.0.0/8, which only Linux assigns
 * to its loopback interface as a whole.
 * @param post for what the customers ask later
 */
export async function signUpCustomers(post: Post, url: URL, count: number, life: Life): Promise<Customer[]> {
  const customers: Customer[] = []
  for (let first = 0; first < count; first += PER_ADDRESS) {
    const own = connections(2, `127.0.1.${1 + first / PER_ADDRESS}`)
    life.own(own.close)
    const places = Array.from({ length: Math.min(PER_ADDRESS, count - first) }, (_, place) => first + place)
    const worker = async () => {
      for (let place = places.pop(); place !== undefined; place = places.pop())
        customers.push(await newCustomer({ signUpPost: own.post, post, url }, place))
    }
    await Promise.all([worker(), worker()])
  }
  return customers
}

type Posts = { readonly signUpPost: Post; readonly post: Post; readonly url: URL }

async function newCustomer({ signUpPost, post, url }: Posts, place: number): Promise<Customer> {
  const account = {
    idempotencyKey: randomUUID(),
    email: `buyer-${place}@bench.example`,
    password: 'a pair for every day',
    displayName: `Buyer ${place}`,
  }
  const { session } = (await client(signUpPost, url)(SIGN_UP, { input: account }, signedUp)).signUp
  const ask = client(signUpPost, url, session.accessToken)
  const { countryCode, postalCode } = PLACE
  const address = {
    idempotencyKey: randomUUID(),
    recipient: account.displayName,
    line1: '7 Weaver Street',
    city: 'Leipzig',
    countryCode,
    postalCode,
  }
  const { addAddress } = await ask(ADD_ADDRESS, { input: address }, withAddress)
  const { tokenUrl } = (await ask(GATEWAY, {}, gateway)).paymentGateway
  const card = { idempotencyKey: randomUUID(), token: await cardTokenAt(tokenUrl, CARD) }
  const { addPaymentMethod } = await ask(ADD_CARD, { input: card }, withCard)
  return {
    ask: client(post, url, session.accessToken),
    addressId: addAddress.address.id,
    place: PLACE,
    paymentMethodId: addPaymentMethod.paymentMethod.id,
  }
}
