import type {
  CartPayload,
  CouponPayload,
  GuestOrderPayload,
  MutationText,
  OrderPayload,
  RemovedTaxRatePayload,
  TaxAssignmentPayload,
  TaxCountryPayload,
  TaxRatePayload,
} from './payloads.ts'

const MONEY = '{ amount currencyCode }'

const CART_FIELDS = `
  id version currencyCode orderable expiresAt
  lines { id quantity orderable availableQuantity variant { id } unitPrice ${MONEY} lineTotal ${MONEY} priceChangedFrom ${MONEY} }
  subtotal ${MONEY} discounts { code status amount ${MONEY} } total ${MONEY}`

const ERRORS = `userErrors {
  __typename
  ... on UserError { message path }
  ... on VersionConflictError { currentVersion }
  ... on InsufficientStockError { availableQuantity }
  ... on PriceChangedError { currentTotal ${MONEY} }
  ... on CouponNotApplicableError { couponStatus: status }
  ... on NotCancellableError { status }
  ... on NotPayableError { payStatus: status }
}`

export const ORDER_FIELDS = `
  id number status version placedAt couponCode cancelReason customer { id }
  lines { id titleAtPurchase skuAtPurchase quantity unitPrice ${MONEY} lineTotal ${MONEY} discount ${MONEY} variant { id } }
  subtotal ${MONEY} discountTotal ${MONEY} shippingTotal ${MONEY} taxTotal ${MONEY} includedTaxTotal ${MONEY}
  grandTotal ${MONEY} refundedTotal ${MONEY}
  shippingAddress { recipient line1 line2 city region postalCode countryCode }
  history { from to at actor }`

const COUPON_FIELDS = `
  id code percentBasisPoints fixedAmounts ${MONEY} minimumSubtotals ${MONEY} startsAt expiresAt usageLimit
  usageLimitPerCustomer timesUsed active version`

/** A mutation with one input, whose payload has one entity and `userErrors`. */
function mutation<P>(name: string, shows: string, errors: readonly string[]): MutationText<P> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const known = ERRORS.split('\n').filter((line) => {
    const match = /on (\w+) /.exec(line)
    return !match || match[1] === 'UserError' || errors.includes(match[1] ?? '')
  })
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${shows} ${known.join('\n')} } }`
}

const CART_ERRORS = ['VersionConflictError', 'InsufficientStockError', 'CouponNotApplicableError']
const cartMutation = (name: string) => mutation<CartPayload>(name, `cart { ${CART_FIELDS} }`, CART_ERRORS)

export const CART = `query ($id: ID) { cart(id: $id) { ${CART_FIELDS} } }`
export const ADD = cartMutation('addCartLine')
export const UPDATE = cartMutation('updateCartLine')
export const REMOVE = cartMutation('removeCartLine')
export const CLEAR = cartMutation('clearCart')
export const ACKNOWLEDGE = cartMutation('acknowledgeCartPrices')
export const APPLY = cartMutation('applyCoupon')
export const REMOVE_COUPON = cartMutation('removeCoupon')
export const CLAIM = cartMutation('claimCart')

export const PLACE = mutation<OrderPayload>('placeOrder', `order { ${ORDER_FIELDS} }`, [
  'VersionConflictError',
  'InsufficientStockError',
  'PriceChangedError',
])
export const PAY = mutation<OrderPayload>(
  'payOrder',
  `order { ${ORDER_FIELDS} payable payUntil paymentMethod { id } }`,
  ['PriceChangedError', 'NotPayableError'],
)
export const PLACE_AS_GUEST = mutation<GuestOrderPayload>(
  'placeGuestOrder',
  `secret order { ${ORDER_FIELDS} }`,
  ['VersionConflictError', 'InsufficientStockError', 'PriceChangedError'],
)
export const PAY_AS_GUEST = mutation<OrderPayload>(
  'payGuestOrder',
  `order { ${ORDER_FIELDS} payable guestProof paymentMethod { id } }`,
  ['PriceChangedError', 'NotPayableError'],
)
export const CANCEL_AS_GUEST = mutation<OrderPayload>(
  'cancelGuestOrder',
  `order { ${ORDER_FIELDS} guestProof }`,
  ['VersionConflictError', 'NotCancellableError'],
)
export const GUEST_ORDER = `query ($number: String!, $secret: String!) {
  guestOrder(number: $number, secret: $secret) { ${ORDER_FIELDS} }
}`
const TAX_ERRORS = ['VersionConflictError']
export const SET_TAX_COUNTRY = mutation<TaxCountryPayload>(
  'setTaxCountry',
  'taxCountry { countryCode pricesIncludeTax version rates { id region category percent version } }',
  TAX_ERRORS,
)
export const SET_TAX_RATE = mutation<TaxRatePayload>(
  'setTaxRate',
  'taxRate { id region category percent version }',
  TAX_ERRORS,
)
export const REMOVE_TAX_RATE = mutation<RemovedTaxRatePayload>(
  'removeTaxRate',
  'removedTaxRateId',
  TAX_ERRORS,
)
export const ASSIGN_TAX_CATEGORY = mutation<TaxAssignmentPayload>(
  'assignTaxCategory',
  'taxAssignment { productCategoryId taxCategory version }',
  TAX_ERRORS,
)
export const TOTALS = `query ($id: ID, $countryCode: String!, $region: String, $postalCode: String, $option: ID) {
  cart(id: $id) {
    totals(countryCode: $countryCode, region: $region, postalCode: $postalCode, shippingOptionId: $option) {
      subtotal ${MONEY} discountTotal ${MONEY} shippingTotal ${MONEY} shippingTax ${MONEY} taxTotal ${MONEY}
      includedTaxTotal ${MONEY} pricesIncludeTax grandTotal ${MONEY}
      lines { lineId taxRate discount ${MONEY} tax ${MONEY} includedTax ${MONEY} }
    }
  }
}`
export const CANCEL = mutation<OrderPayload>('cancelOrder', `order { ${ORDER_FIELDS} }`, [
  'VersionConflictError',
  'NotCancellableError',
])
export const CREATE_COUPON = mutation<CouponPayload>('createCoupon', `coupon { ${COUPON_FIELDS} }`, [])
export const DEACTIVATE_COUPON = mutation<CouponPayload>('deactivateCoupon', `coupon { ${COUPON_FIELDS} }`, [
  'VersionConflictError',
])

export const ORDER = `query ($id: ID!) { order(id: $id) { ${ORDER_FIELDS} } }`
export const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Order { id number status version grandTotal ${MONEY} lines { id } history { to } }
    ... on OrderLine { id titleAtPurchase lineTotal ${MONEY} }
    ... on Cart { id version total ${MONEY} }
    ... on CartLine { id quantity }
    ... on User { id cart { id } orders(first: 2) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }
    ... on Review { id verifiedPurchase }
  }
}`
