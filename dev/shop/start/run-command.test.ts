import { expect, test } from 'vitest'
import { ShopFailure } from './failure.ts'
import { runCommand } from './run-command.ts'

async function run(read: () => number | null, carryOut = async (code: number) => code) {
  const lines: string[] = []
  const code = await runCommand({ write: (line) => lines.push(line), help: 'the help', read, carryOut })
  return { code, lines }
}

const failing = (error: Error) => () => {
  throw error
}

test('a command has the exit code of its work', async () => {
  expect(await run(() => 3)).toEqual({ code: 3, lines: [] })
})

test('without a request, the help is printed', async () => {
  expect(await run(() => null)).toEqual({ code: 0, lines: ['the help'] })
})

test('a failure for people is one line and the exit code 1, wherever it occurs', async () => {
  const failed = failing(new ShopFailure('no shop runs'))
  const result = { code: 1, lines: ['no shop runs'] }
  expect(await run(failed)).toEqual(result)
  expect(
    await run(
      () => 3,
      async () => failed(),
    ),
  ).toEqual(result)
})

test('a bug is thrown, so that its stack is printed', async () => {
  await expect(run(failing(new TypeError('a bug')))).rejects.toThrow('a bug')
})
