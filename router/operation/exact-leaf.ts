import { type ExactNumber, integerText } from '../json/exact-number.ts'

/**
 * Input coercion (section 3.5) of a number that JavaScript cannot represent. An ID takes the digits of an
 * integer, a Float any number that a double can approximate, as written. Custom scalars take any number as
 * written.
 * @param type name of a leaf type.
 * @returns undefined if the number is not of the type.
 */
export function exactLeaf(type: string, number: ExactNumber, isCustom: boolean): unknown {
  if (isCustom) return number
  if (type === 'ID') return integerText(number.rawJSON) ?? undefined
  if (type === 'Float') return Number.isFinite(Number(number.rawJSON)) ? number : undefined
  return type === 'Int' && number.rawJSON === '-0' ? 0 : undefined
}
