/** The currencies of the shop with their number of decimals (ISO 4217, list one). */
const EXPONENT = { USD: 2, EUR: 2, JPY: 0 } as const

export type Currency = keyof typeof EXPONENT
export const CURRENCIES: readonly Currency[] = ['USD', 'EUR', 'JPY']

/** An exact amount: whole minor units (cents, yen) of one currency. */
export type Money = { readonly minor: bigint; readonly currency: Currency }

/** The largest price or other single amount in a request, in minor units. */
export const MAX_MINOR = 999_999_999_999n
/**
 * The largest sum of amounts, in minor units: 10,000 of the largest amounts, far below BIGINT (19 digits).
 */
export const MAX_SUM_MINOR = 9_999_999_999_999_999n

export class BadAmount extends Error {}

export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && Object.hasOwn(EXPONENT, value)
}

export function money(minor: bigint, currency: Currency): Money {
  return { minor, currency }
}

/** The number of decimals of a currency. */
export function decimalsOf(currency: Currency): number {
  return EXPONENT[currency]
}

/**
 * Parses a decimal string such as `12.90` as money.
 * @param largest in minor units; MAX_SUM_MINOR for a total.
 * @throws BadAmount if it is not a decimal, has more decimals than the currency, or is too large.
 */
export function parseAmount(amount: string, currency: Currency, largest = MAX_MINOR): Money {
  const match = /^(-?)(\d{1,16})(?:\.(\d+))?$/.exec(amount)
  if (!match) throw new BadAmount(`${amount} is not an amount: allowed is a decimal such as 12.90`)
  const [, sign = '', whole = '', fraction = ''] = match
  const decimals = EXPONENT[currency]
  if (fraction.slice(decimals).replaceAll('0', '') !== '') {
    throw new BadAmount(`${amount} has too many decimals: allowed are at most ${decimals} in ${currency}`)
  }
  const minor = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
  if (minor > largest) {
    const { amount: most } = formatMoney(money(largest, currency))
    throw new BadAmount(`${amount} is too large: allowed is up to ${most} ${currency}`)
  }
  return money(sign ? -minor : minor, currency)
}

/** The schema's `Money`: the amount with exactly the currency's decimals. */
export function formatMoney({ minor, currency }: Money): { amount: string; currencyCode: Currency } {
  const decimals = EXPONENT[currency]
  const digits = String(minor < 0n ? -minor : minor).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const amount = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`
  return { amount: minor < 0n ? `-${amount}` : amount, currencyCode: currency }
}

/** Money in events: minor units as a string, since JSON numbers lose digits. */
export type EventMoney = { amountMinor: string; currencyCode: Currency }

export function toEventMoney({ minor, currency }: Money): EventMoney {
  return { amountMinor: String(minor), currencyCode: currency }
}

export function fromEventMoney({ amountMinor, currencyCode }: EventMoney): Money {
  return money(BigInt(amountMinor), currencyCode)
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} do not add up`)
}

export function add(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return money(a.minor + b.minor, a.currency)
}

export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return money(a.minor - b.minor, a.currency)
}

export function multiply(a: Money, times: number): Money {
  return money(a.minor * BigInt(times), a.currency)
}

export function sum(amounts: readonly Money[], currency: Currency): Money {
  return amounts.reduce(add, money(0n, currency))
}

/**
 * A share of a non-negative amount in basis points (1/100 of a percent), rounded half up to the minor unit.
 */
export function percentOf(a: Money, basisPoints: number): Money {
  return money((a.minor * BigInt(basisPoints) + 5_000n) / 10_000n, a.currency)
}

/**
 * Splits an amount by weights so that the parts add up to it exactly, by the Hamilton method: each part is
 * its share rounded down, and the minor units left over go one each to the largest remainders (the first of
 * equals). If all weights are 0, the first part gets everything.
 */
export function allocate(a: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((x, y) => x + y, 0n)
  if (total === 0n) return weights.map((_, index) => money(index === 0 ? a.minor : 0n, a.currency))
  const parts = weights.map((weight, index) => ({
    index,
    minor: (a.minor * weight) / total,
    remainder: (a.minor * weight) % total,
  }))
  let left = a.minor - parts.reduce((rest, part) => rest + part.minor, 0n)
  for (const part of parts.toSorted(
    (x, y) => Number(y.remainder > x.remainder) - Number(y.remainder < x.remainder),
  )) {
    if (left === 0n) break
    part.minor += 1n
    left -= 1n
  }
  return parts.map((part) => money(part.minor, a.currency))
}
