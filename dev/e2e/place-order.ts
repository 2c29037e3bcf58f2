import { randomUUID } from 'node:crypto'
import type { GraphqlClient } from '../shop/testing/graphql-client.ts'
import { orderInput } from './checkout.ts'
import { waitUntil } from './wait-until.ts'

const ERRORS = 'userErrors { __typename ... on UserError { message path } }'

/** The first address of a signed-in customer, or a new one. */
async function addressId(client: GraphqlClient): Promise<string> {
  const { data } = await client.ask('{ me { addresses { id } } }')
  const [known] = data.me.addresses
  if (known) return known.id
  const input = {
    idempotencyKey: randomUUID(),
    recipient: 'Lotte Aaker',
    line1: '7 Weaver Street',
    city: 'Leipzig',
    postalCode: '04109',
    countryCode: 'DE',
  }
  const saved = await client.ask(
    `mutation($input: AddAddressInput!) { addAddress(input: $input) { address { id } ${ERRORS} } }`,
    { input },
  )
  return saved.data.addAddress.address.id
}

/**
 * Adds this quantity of a product's first variant to a signed-in customer's cart and orders it. @returns the
 * order's id
 */
export async function placeOrder(client: GraphqlClient, slug: string, quantity: number): Promise<string> {
  const shippingAddressId = await addressId(client)
  const page = await client.ask(
    `{ product(slug: "${slug}") { variants(first: 1) { edges { node { id } } } } }`,
  )
  const variantId = page.data.product.variants.edges[0].node.id
  const added = await client.ask(
    `mutation($input: AddCartLineInput!) { addCartLine(input: $input) {
      cart { id } ${ERRORS} } }`,
    { input: { idempotencyKey: randomUUID(), variantId, quantity } },
  )
  if (!added.data.addCartLine.cart) throw new Error(`nothing in the cart: ${JSON.stringify(added)}`)
  const input = { idempotencyKey: randomUUID(), ...(await orderInput(client, shippingAddressId)) }
  const place = () =>
    client.ask(
      `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } ${ERRORS} } }`,
      { input },
    )
  // Orders receives a new address by an event; until then it refuses it.
  const placed = await waitUntil(place, (answer) => Boolean(answer.data?.placeOrder?.order))
  return placed.data.placeOrder.order.id
}
