// Crockford's base 32 leaves out I, L, O and U: nothing can be misread for 1 or 0, nor spell a rude word.
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BASE = SIGNS.length
const DATA_SIGNS = 7

/** How many random bits a number is made of. */
export const ORDER_NUMBER_BITS = DATA_SIGNS * 5

/**
 * The check sign by the Luhn algorithm over 32 signs: it finds every single wrong sign and nearly every swap of
 * two neighbours. (Crockford's own check, modulo 37, needs five signs that are awkward to say.)
 */
function checkSign(digits: readonly number[]): number {
  const total = digits.toReversed().reduce((sum, digit, index) => {
    const weighted = index % 2 === 0 ? digit * 2 : digit
    return sum + Math.floor(weighted / BASE) + (weighted % BASE)
  }, 0)
  return (BASE - (total % BASE)) % BASE
}

/**
 * An order number, e.g. `A-7K2M-9QX3`, from 35 random bits. Random, not counted: a sequence would tell every
 * customer how many orders the shop has. Two orders that draw the same number meet at the unique index.
 * @param bits 0 to 2^35 − 1.
 * @throws RangeError outside of that
 */
export function orderNumber(bits: bigint): string {
  if (bits < 0n || bits >> BigInt(ORDER_NUMBER_BITS))
    throw new RangeError(`not ${ORDER_NUMBER_BITS} bits: ${bits}`)
  const digits = Array.from({ length: DATA_SIGNS }, (_, index) =>
    Number((bits >> BigInt(5 * (DATA_SIGNS - 1 - index))) & 31n),
  )
  const signs = [...digits, checkSign(digits)].map((digit) => SIGNS.charAt(digit)).join('')
  return `A-${signs.slice(0, 4)}-${signs.slice(4)}`
}

/** Whether a text is an order number whose check sign is right. */
export function isOrderNumber(text: string): boolean {
  const match = /^A-([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{4})$/.exec(text)
  if (!match) return false
  const digits = [...`${match[1]}${match[2]}`].map((sign) => SIGNS.indexOf(sign))
  return checkSign(digits.slice(0, -1)) === digits.at(-1)
}
