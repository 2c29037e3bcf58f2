import { afterEach, expect, test, vi } from 'vitest'
import { readOptions } from './command-line.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS = {
  port: { value: 'N', meaning: 'port to listen on' },
  executor: { value: 'NAME', meaning: 'how it runs', default: 'compiled' },
  code: { meaning: 'print the code' },
}

afterEach(() => vi.restoreAllMocks())

test('an option has its value, else its default, else none', () => {
  expect(readOptions('router', [], OPTIONS)).toEqual({ port: '', executor: 'compiled', code: '' })
  expect(readOptions('router', ['--port', '1', '--executor=x', '--code'], OPTIONS)).toEqual({
    ...{ port: '1', executor: 'x', code: 'true' },
  })
})

test('an unknown option is refused with those that there are', () => {
  expect(() => readOptions('router', ['--prot', '1'], OPTIONS)).toThrow(
    new UsageError("Unknown option '--prot'. There are: --port N, --executor NAME, --code, --help"),
  )
})

test('--help lists each option with its meaning and default, and ends the process well', () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  readOptions('router', ['--help'], OPTIONS)
  expect(exit.mock.calls).toEqual([[0]])
  expect(printed.mock.calls).toEqual([
    [
      [
        'npm run router -- [options]',
        '',
        '  --port N                port to listen on',
        '  --executor NAME         how it runs (default: compiled)',
        '  --code                  print the code',
        '  --help                  this text',
      ].join('\n'),
    ],
  ])
})
