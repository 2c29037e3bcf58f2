import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const PASS = `
import { failpoint } from ${JSON.stringify(new URL('failpoint.ts', import.meta.url).href)}
for (const name of ['outbox.published', 'inbox.handled', 'outbox.published']) {
  process.stdout.write(name + ' ')
  failpoint(name)
}`

/** Passes three points in a child process. */
function pass(FAILPOINTS: string | undefined) {
  const args = ['--input-type=module', '--eval', PASS]
  const { signal, status, stdout } = spawnSync(process.execPath, args, {
    env: { FAILPOINTS },
    encoding: 'utf8',
  })
  return { signal, status, passed: stdout.split(' ').length - 1 }
}

test.each([
  [undefined, { signal: null, status: 0, passed: 3 }],
  ['relay.elsewhere', { signal: null, status: 0, passed: 3 }],
  ['outbox.published', { signal: 'SIGKILL', status: null, passed: 1 }],
  ['outbox.published:2', { signal: 'SIGKILL', status: null, passed: 3 }],
  ['outbox.published:3', { signal: null, status: 0, passed: 3 }],
  ['other:1, inbox.handled', { signal: 'SIGKILL', status: null, passed: 2 }],
])('FAILPOINTS=%s', (setting, outcome) => {
  expect(pass(setting)).toEqual(outcome)
})
