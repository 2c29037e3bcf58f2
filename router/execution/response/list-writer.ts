import type { Writer } from './leaf-value-writer.ts'
import { isLong, longList, writeElement } from './long-lists.ts'
import { reportInvalid } from './response-state.ts'

/** Writes a list. @param write an element that is not null. @param nonNull whether none may be null. */
export function listWriter(write: Writer, nonNull: boolean): Writer {
  return (value, shaping, where) => {
    if (!Array.isArray(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const list = { list: value, write, nonNull, element: `element of ${where}` }
    if (isLong(value)) return longList(list, shaping)
    let text = ''
    let bubbles = false
    for (let index = 0; index < value.length; index++) {
      const written = writeElement(list, index, shaping)
      // The other elements continue: each reports its own error.
      if (written === null && nonNull) bubbles = true
      text += index === 0 ? (written ?? 'null') : `,${written ?? 'null'}`
    }
    return bubbles ? null : `[${text}]`
  }
}
