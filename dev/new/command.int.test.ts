import { spawn } from 'node:child_process'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { expect, test } from 'vitest'
import { root } from '../repository.ts'
import { outputOf } from '../shop/testing/process-output.ts'
import { HELP } from './names.ts'

test.each([
  [['--help'], 0, `${HELP}\n`],
  [
    ['hats', '--colour', 'red'],
    1,
    `Unknown option '--colour': allowed options are --entity, --prefix and --help\n\n${HELP}\n`,
  ],
] as const)('npm run new -- %j', async (args, code, output) => {
  const env = programEnvironment()
  const child = spawn(process.execPath, ['dev/new.ts', ...args], { cwd: root, env, stdio: 'pipe' })
  const { ended, text } = outputOf(child)
  expect([await ended, text()]).toEqual([code, output])
})
