import { checks } from './check/checks.ts'
import { runChecks } from './check/run-checks.ts'
import { generate } from './generate.ts'
import { readNoOptions } from './shop/start/option-table.ts'
import { runCommand } from './shop/start/run-command.ts'

const HELP = `npm run check

Generates what is not current, then checks ${checks.map(({ name }) => name).join(', ')}. The exit code is 1 if a check fails.`

process.exitCode = await runCommand({
  write: console.log,
  help: HELP,
  read: () => readNoOptions(process.argv.slice(2)),
  async carryOut() {
    await generate({ onProgress: console.log })
    return (await runChecks(checks, console.log)) ? 0 : 1
  },
})
