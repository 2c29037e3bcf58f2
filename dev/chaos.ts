import { enableCompileCache } from 'node:module'

enableCompileCache()
const { chaosMain } = await import('./chaos/main.ts')
await chaosMain(process.argv.slice(2))
