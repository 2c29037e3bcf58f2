// Tested in ../chaos/chaos.services.test.ts: the test runs the processes.

import { createInterface } from 'node:readline'
import { requireFreePorts } from '../shop/start/ports.ts'
import { runUntilSignal } from '../shop/start/run-until-signal.ts'
import { HELP, readCommandLine, type StackCommand } from './command-line.ts'
import { forgetMessages } from './forget-messages.ts'
import { openServers } from './open-servers.ts'
import { startStack } from './start-stack.ts'
import { stackBanner, statusTable } from './status.ts'
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
    write(stackBanner(stack))
    const lines = createInterface({ input: process.stdin })
    lines.on('line', (line) => write(line.trim() === 'status' ? statusTable(stack) : 'There is: status'))
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
