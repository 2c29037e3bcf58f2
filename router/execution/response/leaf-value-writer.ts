import type { GraphQLLeafType } from 'graphql'
import { leafWriter } from './leaf-writers.ts'
import { reportInvalid, type Shaping } from './response-state.ts'

/**
 * Writes a value that is not null as JSON text; null if it is invalid, which has then been reported.
 * @param where description of its position
 */
export type Writer = (value: unknown, shaping: Shaping, where: string) => string | null

const leafValueWriters = new WeakMap<GraphQLLeafType, Writer>()

/** One for all fields of a type. */
export function leafValueWriter(type: GraphQLLeafType): Writer {
  const known = leafValueWriters.get(type)
  if (known) return known
  const write = leafWriter(type)
  const made: Writer = (value, shaping, where) => {
    const text = write(value)
    if (text !== undefined) return text
    reportInvalid(shaping, `value for ${where}`)
    return null
  }
  leafValueWriters.set(type, made)
  return made
}
