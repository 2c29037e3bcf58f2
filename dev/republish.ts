import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runRepublish } = await import('./republish/run.ts')
process.exitCode = await runRepublish(process.argv.slice(2), console.log)
