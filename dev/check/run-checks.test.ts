import { expect, test, vi } from 'vitest'
import { runChecks } from './run-checks.ts'

const timeless = (lines: string[]) => lines.map((line) => line.replace(/\d+\.\d s/, '… s'))

test('every check has a line, and failures are printed together at the end', async () => {
  const lines: string[] = []
  const checks = [
    { name: 'types', run: async () => 'a.ts: wrong' },
    { name: 'lint', run: async () => '' },
    { name: 'composition', run: async () => Promise.reject(new Error('no such file')) },
  ]
  expect(await runChecks(checks, (line) => lines.push(line))).toBe(false)
  expect(timeless(lines).slice(0, 3).sort()).toEqual(['✓ lint (… s)', '✗ composition (… s)', '✗ types (… s)'])
  expect(lines.slice(3)).toEqual([
    '\n✗ types\na.ts: wrong',
    '\n✗ composition\nError: no such file',
    '\nfailed: types, composition',
  ])
})

test('when all hold the last line says so', async () => {
  const lines: string[] = []
  expect(await runChecks([{ name: 'types', run: async () => '' }], (line) => lines.push(line))).toBe(true)
  expect(timeless(lines)).toEqual(['✓ types (… s)', 'all 1 checks hold'])
})

test('the line of a check has the seconds that it took', async () => {
  let now = 5_000
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    const run = async () => {
      now += 1_234
      return ''
    }
    const lines: string[] = []
    await runChecks([{ name: 'types', run }], (line) => lines.push(line))
    expect(lines[0]).toBe('✓ types (1.2 s)')
  } finally {
    clock.mockRestore()
  }
})
