import { type ExactNumber, integerText } from '../json/exact-number.ts'

/**
 * Input coercion (section 3.5) of a number that JavaScript cannot hold. An ID takes the digits of an integer, a Float any
 * number that a double can approach, as it is written. Custom scalars take any number as it is written.
 * @param type name of a leaf type.
 * @returns undefined where the number is none of the type.
 */
export function exactLeaf(type: string, number: ExactNumber, isCustom: boolean): unknown {
  if (isCustom) return number
  if (type === 'ID') return integerText(number.rawJSON) ?? undefined
  if (type === 'Float') return Number.isFinite(Number(number.rawJSON)) ? number : undefined
  return type === 'Int' && number.rawJSON === '-0' ? 0 : undefined
}
