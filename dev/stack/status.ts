import { DEMO_ACCOUNTS } from '../shop/terminal/demo-accounts.ts'
import { shownUrl } from '../shop/terminal/shown-url.ts'
import type { Stack } from './start-stack.ts'

type Shown = Pick<Stack, 'programs' | 'health' | 'url' | 'gatewayUrl'>

/** One line per process: name, health, process id, how often it ended unasked. */
export function statusTable({ programs, health }: Omit<Shown, 'url' | 'gatewayUrl'>): string {
  return programs
    .map((program) => {
      const { name, port } = program
      const ends = program.ends()
      const restarts = ends === 0 ? '' : `  started again ${ends === 1 ? 'once' : `${ends} times`}`
      return `  ${name.padEnd(18)}${health(name).padEnd(11)}pid ${String(program.pid() ?? '-').padEnd(9)}port ${port}${restarts}`
    })
    .join('\n')
}

/** The text that is printed when the stack is ready: addresses and accounts. */
export function stackBanner(stack: Shown): string {
  const { customer, staff } = DEMO_ACCOUNTS
  return [
    '',
    statusTable(stack),
    '',
    `  GraphQL endpoint  ${shownUrl(stack.url)}`,
    `  Sandbox gateway   ${shownUrl(stack.gatewayUrl)}`,
    `  Customer          ${customer.email}   password: ${customer.password}`,
    `  Staff member      ${staff.email}   password: ${staff.password}`,
    '',
    'Type "status" for the health of each process; ctrl-c stops everything.',
    '',
  ].join('\n')
}
