import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema } from '@argyle/kit/ids'
import { BadAmount, type Currency, formatMoney, type Money, money, parseAmount } from '@argyle/kit/money'
import { linesOfText } from '@argyle/kit/text'
import {
  idempotencyKeySchema,
  type UserError,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import { z } from 'zod'
import { refundableMinor } from './decide.ts'
import type { PaymentState } from './payment.ts'

export type RefundExceedsCapturedError = UserError & {
  readonly __typename: 'RefundExceedsCapturedError'
  readonly refundable: { amount: string; currencyCode: Currency }
}

export const refundPaymentInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  paymentId: idSchema('pay'),
  /** A decimal number. The payment's currency limits the number of decimals. */
  amount: z.string(),
  reason: linesOfText(500),
})

export type RefundPayment = z.output<typeof refundPaymentInput>

/** Checks a refund by staff against the locked payment. */
export function checkRefund(
  amountText: string,
  payment: PaymentState,
  currency: Currency,
): Decision<Money, RefundExceedsCapturedError | ValidationError> {
  let amount: Money
  try {
    amount = parseAmount(amountText, currency)
  } catch (error) {
    if (!(error instanceof BadAmount)) throw error
    return refuse(validationError(error.message, ['amount']))
  }
  if (amount.minor <= 0n)
    return refuse(validationError(`amount is ${amountText}: allowed is more than 0`, ['amount']))
  const refundable = money(refundableMinor(payment), currency)
  if (amount.minor > refundable.minor) {
    const left = formatMoney(refundable)
    const message = `amount is ${amountText}: allowed is up to ${left.amount} ${currency}, the captured amount less refunds`
    return refuse({
      __typename: 'RefundExceedsCapturedError',
      message,
      path: ['amount'],
      refundable: left,
    })
  }
  return accept(amount)
}
