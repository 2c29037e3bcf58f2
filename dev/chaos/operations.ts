const ERRORS = 'userErrors { __typename ... on UserError { message } }'

/** The mutations of a run, by name, with the fields of their payloads except the errors. */
const ANSWERS = {
  signUp: 'session { accessToken }',
  signIn: 'session { accessToken }',
  addAddress: 'address { id }',
  addPaymentMethod: 'paymentMethod { id }',
  addCartLine: 'cart { id version }',
  placeOrder: 'order { id number version }',
  placeGuestOrder: 'secret order { id number version }',
  cancelOrder: 'order { id status }',
  cancelGuestOrder: 'order { id status }',
  refundPayment: 'payment { id }',
  requestReturn: 'return { id version }',
  requestGuestReturn: 'return { id version }',
  approveReturn: 'return { id version }',
  receiveReturn: 'return { id version }',
} as const

export type Mutation = keyof typeof ANSWERS

/** The document of a mutation with one variable, `input`. */
export function documentOf(mutation: Mutation): string {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`
  return `mutation Chaos($input: ${type}) { ${mutation}(input: $input) { ${ANSWERS[mutation]} ${ERRORS} } }`
}

export const VARIANTS = `{ products(first: 20) { edges { node {
  variants(first: 2) { edges { node { id availability { availableQuantity } } } } } } } }`

export const CART = `query ($id: ID, $countryCode: String!, $postalCode: String!) { cart(id: $id) { id version
  lines { quantity }
  shippingOptions(countryCode: $countryCode, postalCode: $postalCode) { id estimatedDays } } }`

export const TOTALS = `query ($id: ID, $countryCode: String!, $postalCode: String!, $option: ID) { cart(id: $id) {
  totals(countryCode: $countryCode, postalCode: $postalCode, shippingOptionId: $option) { grandTotal { amount currencyCode } } } }`

const ORDER_FIELDS = `id status version grandTotal { amount } lines { id quantity }
  payment { id status captured { amount } nextAction { redirectUrl } }`

export const ORDER = `query ($id: ID!) { order(id: $id) { ${ORDER_FIELDS} } }`
export const GUEST_ORDER = `query ($number: String!, $secret: String!) { guestOrder(number: $number, secret: $secret) { ${ORDER_FIELDS} } }`
