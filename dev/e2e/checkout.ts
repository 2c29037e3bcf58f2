import { randomUUID } from 'node:crypto'
import { cardTokenAt } from '../shop/testing/card-token.ts'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { waitUntil } from './wait-until.ts'

const ERRORS = 'userErrors { __typename ... on UserError { message path } }'
const MONEY = '{ amount currencyCode }'

/** A test card of the sandbox gateway that is approved. */
export const APPROVED = '4242424242424242'
/** A card that requires authentication. */
export const SECOND_STEP = '4000000000003220'

/** A token of the sandbox gateway for one of its test cards. */
export async function cardToken(client: GraphqlClient, number: string): Promise<string> {
  const { data } = await client.ask('{ paymentGateway { tokenUrl } }')
  return cardTokenAt(data.paymentGateway.tokenUrl, number)
}

/** Adds a test card to an account, or for a guest. @returns the id of the payment method */
export async function addCard(client: GraphqlClient, number = APPROVED): Promise<string> {
  const token = await cardToken(client, number)
  const added = await client.ask(
    `mutation ($input: AddPaymentMethodInput!) { addPaymentMethod(input: $input) { paymentMethod { id } ${ERRORS} } }`,
    { input: { idempotencyKey: randomUUID(), token, makeDefault: true } },
  )
  const method = added.data?.addPaymentMethod?.paymentMethod
  if (!method) throw new Error(`no card: ${JSON.stringify(added)}`)
  return method.id
}

/** The default payment method of a signed-in customer, or a new card. */
async function methodOf(client: GraphqlClient): Promise<string> {
  const { data } = await client.ask('{ me { paymentMethods { id isDefault } } }')
  const methods: { id: string; isDefault: boolean }[] = data.me.paymentMethods ?? []
  return methods.find(({ isDefault }) => isDefault)?.id ?? (await addCard(client))
}

/** The destination of a cart. */
export type Destination = {
  readonly countryCode: string
  readonly postalCode: string
  readonly region?: string | null
}

/** The cheapest shipping option of a cart, and the total with it. @param cartId of a guest; left out: the viewer's cart */
export async function quoteFor(client: GraphqlClient, place: Destination, cartId?: string) {
  const query = `query ($id: ID, $countryCode: String!, $postalCode: String!) {
    cart(id: $id) { shippingOptions(countryCode: $countryCode, postalCode: $postalCode) { id price ${MONEY} } } }`
  const ask = () => client.ask(query, { id: cartId, ...place })
  // Shipping's key and the weights arrive by events.
  const { data } = await waitUntil(ask, (answer) => answer.data?.cart?.shippingOptions?.length > 0)
  const shippingOptionId: string = data.cart.shippingOptions[0].id
  const totals = `query ($id: ID, $countryCode: String!, $postalCode: String!, $region: String, $option: ID) {
    cart(id: $id) { totals(countryCode: $countryCode, postalCode: $postalCode, region: $region, shippingOptionId: $option) {
      grandTotal ${MONEY} taxTotal ${MONEY} shippingTotal ${MONEY} } } }`
  const reckoned = () => client.ask(totals, { id: cartId, ...place, option: shippingOptionId })
  const answer = await waitUntil(reckoned, ({ data: shown }) => Boolean(shown?.cart?.totals))
  return { shippingOptionId, expectedTotal: answer.data.cart.totals.grandTotal }
}

/** The input of placeOrder, without a key, for all that is in the viewer's cart, to one of their addresses. */
export async function orderInput(client: GraphqlClient, shippingAddressId: string) {
  const { data } = await client.ask(
    '{ me { cart { id version } addresses { id countryCode postalCode region } } }',
  )
  const { cart, addresses } = data.me
  const address: (Destination & { id: string }) | undefined = addresses.find(
    ({ id }: { id: string }) => id === shippingAddressId,
  )
  if (!address) throw new Error(`no address ${shippingAddressId}`)
  const { countryCode, postalCode, region } = address
  return {
    cartId: cart.id,
    expectedCartVersion: cart.version,
    shippingAddressId,
    paymentMethodId: await methodOf(client),
    ...(await quoteFor(client, { countryCode, postalCode, region: region ?? null })),
  }
}
