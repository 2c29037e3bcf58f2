import { environment } from '@argyle/kit/config'
import { root } from './repository.ts'
import { lineFor } from './shop/failure.ts'
import { routerCommand } from './shop/router-command.ts'

// `npm run router`: this process becomes the router, so that neither this code nor its memory stays behind.
try {
  const { args, env, notice } = routerCommand(process.argv.slice(2), environment(), root)
  if (notice) console.error(notice)
  const { execPath, execArgv } = process
  process.execve?.(execPath, [execPath, ...execArgv, 'router/main.mjs', ...args], env)
} catch (error) {
  console.error(lineFor(error) ?? error)
  process.exitCode = 1
}
