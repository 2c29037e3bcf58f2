// Tested in ../chaos/chaos.services.test.ts: the test runs the processes.

import { createInterface } from 'node:readline'
import { requireFreePorts } from '../shop/start/ports.ts'
import { runUntilSignal } from '../shop/start/run-until-signal.ts'
import { DEMO_ACCOUNTS } from '../shop/terminal/demo-accounts.ts'
import { shownUrl } from '../shop/terminal/shown-url.ts'
import { HELP, readCommandLine, type StackCommand } from './command-line.ts'
import { forgetMessages } from './forget-messages.ts'
import { openServers } from './open-servers.ts'
import { type Stack, startStack } from './start-stack.ts'
import { startWatchdog } from './watchdog.ts'

/** `npm run stack`: the shop as processes, until ctrl-c. */
export function runStack(args: readonly string[]): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`)
  return runUntilSignal({
    write,
    async start() {
      const command = readCommandLine(args)
      if (command) return start(command, write)
      write(HELP)
      return null
    },
  })
}

async function start(command: StackCommand, write: (line: string) => void) {
  const started = performance.now()
  const onProgress = (line: string) =>
    write(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`)
  const { routerPort, gatewayPort, speed } = command
  await requireFreePorts('127.0.0.1', [
    { port: routerPort, owner: 'router', option: '--port' },
    { port: gatewayPort, owner: 'sandbox gateway', option: '--gateway-port' },
  ])
  const watchdog = startWatchdog()
  const servers = await openServers(command, { watchdog, onProgress })
  for (const line of servers.description) onProgress(line)
  try {
    if (command.fresh) await forgetMessages(servers.eventBus)
    const stack = await startStack({ ...command, ...servers, carrierSpeed: speed, watchdog, onProgress })
    write(banner(stack))
    const lines = createInterface({ input: process.stdin })
    lines.on('line', (line) => write(line.trim() === 'status' ? table(stack) : 'There is: status'))
    return {
      async stop() {
        lines.close()
        await stack.stop()
        await servers.stop()
        watchdog.close()
      },
      lost: servers.lost.then(() => 'PostgreSQL stopped unexpectedly: stopping.'),
    }
  } catch (error) {
    await servers.stop()
    watchdog.close()
    throw error
  }
}

/** One line per process: name, health, process id, how often it ended unasked. */
function table({ programs, health }: Stack): string {
  return programs
    .map((program) => {
      const { name, port } = program
      const ends = program.ends()
      const restarts = ends === 0 ? '' : `  started again ${ends} times`
      return `  ${name.padEnd(18)}${health(name).padEnd(11)}pid ${String(program.pid() ?? '-').padEnd(9)}port ${port}${restarts}`
    })
    .join('\n')
}

function banner(stack: Stack): string {
  const { customer, staff } = DEMO_ACCOUNTS
  return [
    '',
    table(stack),
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
