// Tested in exact-json.test.ts: the test has JSON with such numbers.

/**
 * A number of JSON that a JavaScript number would change. It keeps its text, which `JSON.stringify` writes.
 * Only `exactNumber` creates it; `typeof` is `object`.
 */
export type ExactNumber = { readonly rawJSON: string }

declare global {
  /** The JSON.parse source text access proposal, which TypeScript does not declare yet. */
  interface JSON {
    rawJSON(text: string): ExactNumber
    isRawJSON(value: unknown): value is ExactNumber
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown
  }
}

/** Whether any exists: each object that is walked through is tested, and most graphs have none. */
let isAny = false

/** @param source a number as JSON writes it. */
export function exactNumber(source: string): ExactNumber {
  isAny = true
  return JSON.rawJSON(source)
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return isAny && typeof value === 'object' && value !== null && 'rawJSON' in value && JSON.isRawJSON(value)
}

/** Number of digits up to which a number without an exponent is exact in a double. */
const SURELY_EXACT = 15
/** No double has as many digits. */
const SURELY_INEXACT = 800

/**
 * Whether a JavaScript number would change the value of a JSON number, or the way in which it can be written.
 */
export function isInexact(source: string): boolean {
  if (source === '-0') return true
  if (source.length <= SURELY_EXACT && !/[eE]/.test(source)) return Object.is(Number(source), -0)
  if (source.length > SURELY_INEXACT) return true
  const value = Number(source)
  if (!Number.isFinite(value) || Object.is(value, -0)) return true
  // Only some integers beyond 2^53 are numbers, and JavaScript prints these with an exponent.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return true
  return decimalOf(source) !== decimalOf(String(value))
}

/**
 * The same for numbers that are not Floats: integers in plain digits, and those beyond all doubles.
 * `executeQueryPlan` refuses an exact number for a Float, so the reference executor reads fractions as
 * doubles.
 */
export function isInexactInteger(source: string): boolean {
  if (!Number.isFinite(Number(source))) return true
  return (
    /^-?\d+$/.test(source) &&
    source.length > SURELY_EXACT &&
    decimalOf(source) !== decimalOf(String(Number(source)))
  )
}

/** The number of digits up to which an integer in exponent form is written out. */
const MAX_INTEGER_DIGITS = 1_000

/**
 * An integer in plain digits; null if the number is not an integer, or has more than a thousand digits by its
 * exponent.
 */
export function integerText(source: string): string | null {
  if (/^-?\d+$/.test(source)) return source === '-0' ? '0' : source
  const [sign, digits = '', exponent] = decimalOf(source).split(' ')
  const zeros = Number(exponent)
  if (digits === '') return '0'
  if (zeros < 0 || zeros > MAX_INTEGER_DIGITS) return null
  return `${sign === '-' ? '-' : ''}${digits}${'0'.repeat(zeros)}`
}

/** One text for all ways to write a number: its sign, its digits without zeros at either end, a power of ten. */
function decimalOf(source: string): string {
  const [mantissa = '', power = '0'] = source.split(/[eE]/)
  const sign = mantissa.startsWith('-') ? '-' : '+'
  const [whole = '', fraction = ''] = mantissa.slice(sign === '-' ? 1 : 0).split('.')
  const digits = whole + fraction
  let from = 0
  while (digits[from] === '0') from++
  let to = digits.length
  while (to > from && digits[to - 1] === '0') to--
  if (from === to) return '+  0'
  return `${sign} ${digits.slice(from, to)} ${Number(power) - fraction.length + digits.length - to}`
}
