// Crockford's base 32 leaves out I, L, O and U, which could be misread as 1 or 0, or form rude words.
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BASE = SIGNS.length
const DATA_SIGNS = 7

/** Number of random bits in an order number. */
export const ORDER_NUMBER_BITS = DATA_SIGNS * 5

/**
 * The check digit of the Luhn algorithm over 32 digits: it detects every single wrong digit and nearly every
 * swap of two neighbours. (Crockford's own check, modulo 37, needs five symbols that are awkward to say.)
 */
function checkSign(digits: readonly number[]): number {
  const total = digits.toReversed().reduce((sum, digit, index) => {
    const weighted = index % 2 === 0 ? digit * 2 : digit
    return sum + Math.floor(weighted / BASE) + (weighted % BASE)
  }, 0)
  return (BASE - (total % BASE)) % BASE
}

/**
 * An order number, e.g. `A-7K2M-9QX3`, from 35 random bits. A sequence would reveal the shop's number of
 * orders. If two orders draw the same number, the unique index refuses the second.
 * @param bits 0 to 2^35 − 1.
 * @throws RangeError outside of that
 */
export function orderNumber(bits: bigint): string {
  if (bits < 0n || bits >> BigInt(ORDER_NUMBER_BITS))
    throw new RangeError(`bits is ${bits}: allowed is an integer of ${ORDER_NUMBER_BITS} bits`)
  const digits = Array.from({ length: DATA_SIGNS }, (_, index) =>
    Number((bits >> BigInt(5 * (DATA_SIGNS - 1 - index))) & 31n),
  )
  const signs = [...digits, checkSign(digits)].map((digit) => SIGNS.charAt(digit)).join('')
  return `A-${signs.slice(0, 4)}-${signs.slice(4)}`
}

/** Whether a text is an order number with a correct check digit. */
export function isOrderNumber(text: string): boolean {
  const match = /^A-([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{4})$/.exec(text)
  if (!match) return false
  const digits = [...`${match[1]}${match[2]}`].map((sign) => SIGNS.indexOf(sign))
  return checkSign(digits.slice(0, -1)) === digits.at(-1)
}
