import { isExactNumber } from '../json/exact-number.ts'
import { shortened } from '../shortened.ts'

/** Maximum number of printed members of a list. */
const MAX_ITEMS = 10

/** Maximum nesting of lists and objects that are printed. */
const MAX_NESTING = 2

/**
 * Prints a JSON value for a message in the form of graphql-js, cut at `length` characters. It reads little
 * more of a value than it prints.
 */
export function printValue(value: unknown, length: number): string {
  return shortened(printed(value, length + 1, 0), length)
}

function printed(value: unknown, length: number, nesting: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length))
  if (isExactNumber(value)) return value.rawJSON.slice(0, length)
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? printedList(value, length, nesting) : printedObject(value, length, nesting)
}

function printedList(list: readonly unknown[], length: number, nesting: number): string {
  if (nesting >= MAX_NESTING && list.length > 0) return '[Array]'
  const items = list.slice(0, MAX_ITEMS).map((item) => printed(item, length, nesting + 1))
  const rest = list.length - MAX_ITEMS
  if (rest > 0) items.push(rest === 1 ? '... 1 more item' : `... ${rest} more items`)
  return `[${items.join(', ')}]`
}

function printedObject(object: object, length: number, nesting: number): string {
  let text = ''
  // `for … in` lists keys one by one; a list of all of them may take a megabyte.
  for (const key in object) {
    if (!Object.hasOwn(object, key)) continue
    if (nesting >= MAX_NESTING) return '[Object]'
    // Own properties of a JSON object.
    const member = printed((object as Record<string, unknown>)[key], length, nesting + 1)
    text += `${text === '' ? '' : ', '}${key.slice(0, length)}: ${member}`
    if (text.length > length) break
  }
  return text === '' ? '{}' : `{ ${text} }`
}
