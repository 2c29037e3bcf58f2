import type { Draw } from '../seeded-random.ts'
import { randomValue } from './random-inputs.ts'
import type { RandomOperation } from './random-operation.ts'

/** Values most of which fit no variable: JSON of any kind, partly valid. */
export function wrongVariables({ variables }: RandomOperation, draw: Draw): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, type] of variables) {
    const part = draw.fork(name)
    const kind = part.int(10)
    if (kind < 7) values[name] = wrongValue(part, 0)
    else if (kind < 9) values[name] = randomValue(type, part)
  }
  return values
}

const WRONG: readonly unknown[] = [
  null,
  true,
  1.5,
  7,
  -1,
  2 ** 31,
  Number.POSITIVE_INFINITY,
  '',
  'RED',
  'GREY',
  'NONE',
  '7',
]

function wrongValue(draw: Draw, depth: number): unknown {
  const kind = depth > 2 ? 0 : draw.int(10)
  if (kind < 5) return draw.pick(WRONG.map((value) => ({ value }))).value
  if (kind < 7) return Array.from({ length: draw.int(4) }, (_, at) => wrongValue(draw.fork(at), depth + 1))
  const names = draw.some(['of', 'much', 'more', 'least', 'lest', 'toString', '__proto__'], 40)
  return Object.fromEntries(names.map((name) => [name, wrongValue(draw.fork(name), depth + 1)]))
}
