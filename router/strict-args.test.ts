import { expect, test } from 'vitest'
import { strictArgs } from './strict-args.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS = {
  port: { type: 'string' },
  cors: { type: 'string', multiple: true },
  fresh: { type: 'boolean' },
} as const

test('values and words are read', () => {
  const { values, positionals } = strictArgs(['x', '--cors', 'a', '--cors=b', '--fresh'], OPTIONS, true)
  expect({ ...values }).toEqual({ cors: ['a', 'b'], fresh: true })
  expect(positionals).toEqual(['x'])
})

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['x'], "Unexpected argument 'x'"],
  [['--port'], "Option '--port' needs a value"],
  [
    ['--port', '--fresh'],
    "Option '--port' needs a value; one that begins with a dash is written --port=--fresh",
  ],
  [
    ['--port', '1', '--port', '--fresh'],
    "Option '--port' needs a value; one that begins with a dash is written --port=--fresh",
  ],
  [['--port='], 'Option \'--port\' is "": it needs a value'],
  [['--cors', ''], 'Option \'--cors\' is "": it needs a value'],
  [['--fresh=no'], 'Option \'--fresh\' takes no value, and is "no"'],
  [['--port', '1', '--port=2'], 'Option \'--port\' is given more than once: "1", "2"'],
  [['--fresh', '--fresh'], "Option '--fresh' is given more than once"],
])('%j is refused', (args, message) => {
  expect(() => strictArgs(args, OPTIONS)).toThrow(new UsageError(message))
})
