import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runDeadLetters } = await import('./dead-letters/run.ts')
process.exitCode = await runDeadLetters(process.argv.slice(2), console.log)
