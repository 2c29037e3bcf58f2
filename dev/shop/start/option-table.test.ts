import { expect, test } from 'vitest'
import { ShopFailure } from './failure.ts'
import { helpLines, parseOptions, readNoOptions, wholeOption } from './option-table.ts'

const OPTIONS = {
  data: { type: 'string', value: 'FOLDER', meaning: 'the folder' },
  cors: { type: 'string', multiple: true, value: 'ORIGIN', meaning: 'an origin' },
  help: { type: 'boolean', meaning: 'this text' },
} as const

test('the help text has a line for each option, in columns', () => {
  expect(helpLines(OPTIONS)).toEqual([
    '  --data FOLDER  the folder',
    '  --cors ORIGIN  an origin',
    '  --help         this text',
  ])
})

test('values and words are read', () => {
  const { values, positionals } = parseOptions(['x', '--cors', 'a', '--cors', 'b', '--help'], OPTIONS, true)
  expect({ ...values }).toEqual({ cors: ['a', 'b'], help: true })
  expect(positionals).toEqual(['x'])
})

test.each([
  [['--dat', 'x'], "Unknown option '--dat': there are --data, --cors and --help"],
  [['--data'], "Option '--data' needs a value: there are --data, --cors and --help"],
  [['--data', ''], 'Option \'--data\' is "": it needs a value: there are --data, --cors and --help'],
  [['--data', 'a', '--data', 'b'], 'Option \'--data\' is given more than once: "a", "b": there are --data'],
  [['x'], "Unexpected argument 'x'"],
])('%j is refused with the options that exist', (args, message) => {
  expect(() => parseOptions(args, OPTIONS)).toThrow(ShopFailure)
  expect(() => parseOptions(args, OPTIONS)).toThrow(message)
})

test('a whole number is read up to its bounds', () => {
  const read = (text?: string) => wholeOption('count', text, [1, 8], 3)
  expect([read(), read('1'), read('8')]).toEqual([3, 1, 8])
  for (const text of ['0', '9', '-1', '1.5', '1e0', '0x1', '', ' 1', '1'.repeat(400)])
    expect(() => read(text)).toThrow(
      new ShopFailure(`--count is ${JSON.stringify(text)}: allowed is a whole number from 1 to 8`),
    )
})

test('a command without options takes --help alone', () => {
  expect([readNoOptions([]), readNoOptions(['--help'])]).toEqual([{}, null])
  expect(() => readNoOptions(['--fast'])).toThrow(new ShopFailure("Unknown option '--fast': there is --help"))
})
