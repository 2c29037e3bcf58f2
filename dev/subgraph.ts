import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runAlone } = await import('./shop/start/run-alone.ts')
await runAlone(process.argv.slice(2))
