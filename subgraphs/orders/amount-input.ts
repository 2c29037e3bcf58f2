import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { BadAmount, type Currency, MAX_MINOR, type Money, parseAmount } from '@argyle/kit/money'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'

/** Parses an amount of money in an input. @param largest in minor units. */
export function readAmount(
  amount: string,
  currency: Currency,
  path: string[],
  largest = MAX_MINOR,
): Decision<Money, ValidationError> {
  try {
    return accept(parseAmount(amount, currency, largest))
  } catch (error) {
    if (error instanceof BadAmount) return refuse(validationError(error.message, path))
    throw error
  }
}
