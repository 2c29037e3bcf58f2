import type { Decision } from '@argyle/kit/decision'
import { type UserError, validate } from '@argyle/kit/user-errors'
import * as carts from '../cart/cart-input.ts'
import { readCreateCoupon, readDeactivateCoupon } from '../coupon/coupon-input.ts'
import { readCancelGuestOrder, readPayGuestOrder, readPlaceGuestOrder } from '../guest/guest-input.ts'
import { readCancelOrder, readPayOrder, readPlaceOrder } from '../order/order-input.ts'
import { readPercent } from '../tax/percent.ts'
import * as taxes from '../tax/tax-input.ts'

type Read = (input: Record<string, unknown>) => Decision<unknown, UserError>
/** The validation of each mutation's input. A guest adds to a cart. */
export const READERS: Record<string, Read> = {
  addCartLine: (input) => carts.readAddCartLine(input, true),
  updateCartLine: carts.readCartLineQuantity,
  removeCartLine: carts.readCartLine,
  clearCart: carts.readCart,
  acknowledgeCartPrices: carts.readCart,
  applyCoupon: carts.readCartCoupon,
  removeCoupon: carts.readCart,
  claimCart: carts.readClaim,
  placeOrder: readPlaceOrder,
  payOrder: readPayOrder,
  cancelOrder: readCancelOrder,
  createCoupon: readCreateCoupon,
  deactivateCoupon: readDeactivateCoupon,
  placeGuestOrder: readPlaceGuestOrder,
  payGuestOrder: readPayGuestOrder,
  cancelGuestOrder: readCancelGuestOrder,
  setTaxCountry: (input) => validate(taxes.setTaxCountryInput, input),
  setTaxRate: (input) =>
    typeof input.percent === 'string'
      ? readPercent(input.percent, ['percent'])
      : validate(taxes.setTaxRateInput, input),
  removeTaxRate: (input) => validate(taxes.removeTaxRateInput, input),
  assignTaxCategory: (input) => validate(taxes.assignTaxCategoryInput, input),
}
