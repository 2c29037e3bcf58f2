import { checks } from './check/checks.ts'
import { runChecks } from './check/run-checks.ts'
import { generate } from './generate.ts'

await generate({ onProgress: console.log })
process.exitCode = (await runChecks(checks, console.log)) ? 0 : 1
