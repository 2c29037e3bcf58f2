import { environment } from '@argyle/kit/config'
import { root } from './repository.ts'
import { routerCommand } from './shop/router/router-command.ts'
import { lineFor } from './shop/start/failure.ts'

// `npm run router`: replaces this process by the router, so that no memory of this code remains.
try {
  const { args, env, notice } = routerCommand(process.argv.slice(2), environment(), root)
  if (notice) console.error(notice)
  const { execPath, execArgv } = process
  process.execve?.(execPath, [execPath, ...execArgv, 'router/main.mjs', ...args], env)
} catch (error) {
  console.error(lineFor(error) ?? error)
  process.exitCode = 1
}
