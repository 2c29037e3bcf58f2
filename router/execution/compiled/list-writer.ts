import type { Writer } from './leaf-value-writer.ts'
import { reportInvalid, reportMissing } from './shaping.ts'

/** Writes a list. @param write an element that is not null. @param nonNull whether none may be null. */
export function listWriter(write: Writer, nonNull: boolean): Writer {
  return (value, shaping, where) => {
    if (!Array.isArray(value)) {
      reportInvalid(shaping, `value for ${where}`)
      return null
    }
    const element = `element of ${where}`
    const depth = ++shaping.depth
    let text = ''
    let bubbles = false
    for (let index = 0; index < value.length; index++) {
      shaping.path[depth] = index
      const item: unknown = value[index]
      let written: string | null = null
      if (item !== null && item !== undefined) written = write(item, shaping, element)
      else if (nonNull || shaping.faults) reportMissing(shaping, value, index, true, nonNull ? element : null)
      // The other elements go on: each tells its own error.
      if (written === null && nonNull) bubbles = true
      text += index === 0 ? (written ?? 'null') : `,${written ?? 'null'}`
    }
    shaping.depth = depth - 1
    return bubbles ? null : `[${text}]`
  }
}
