import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runStack } = await import('./stack/run-stack.ts')
await runStack(process.argv.slice(2))
