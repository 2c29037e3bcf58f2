import { expect, test } from 'vitest'
import type { Program } from './program.ts'
import { stackBanner, statusTable } from './status.ts'

const program = (name: string, port: number, pid: number | undefined, ends: number) =>
  // The parts of a program that are shown.
  ({ name, port, pid: () => pid, ends: () => ends }) as Program

const stack = {
  programs: [
    program('users-1', 20_001, 4_711, 0),
    program('orders-1', 20_002, 4_712, 1),
    program('router', 4_000, undefined, 3),
  ],
  health: (name: string) => (name === 'router' ? 'silent' : 'not ready') as 'silent' | 'not ready',
  ...{ url: 'http://127.0.0.1:4000/graphql', gatewayUrl: 'http://127.0.0.1:4051' },
}

const TABLE = `  users-1           not ready  pid 4711     port 20001
  orders-1          not ready  pid 4712     port 20002  started again once
  router            silent     pid -        port 4000  started again 3 times`

test('the status is a line for each process, with how often it was started again', () => {
  expect(statusTable(stack)).toBe(TABLE)
})

test('a stack that is ready shows its processes, addresses and accounts', () => {
  expect(stackBanner(stack)).toBe(`
${TABLE}

  GraphQL endpoint  http://localhost:4000/graphql
  Sandbox gateway   http://localhost:4051
  Customer          ada@argyle.example   password: warm-feet-all-winter
  Staff member      sam@argyle.example   password: warm-feet-all-winter

Type "status" for the health of each process; ctrl-c stops everything.
`)
})
