import { enableCompileCache } from 'node:module'
import { preferProductionLibraries } from './shop/start/config.ts'

// Reuses compiled code of the last start, which saves half a second. Both lines must precede all imports.
enableCompileCache()
preferProductionLibraries()
const { runShop } = await import('./shop/start/run-shop.ts')
await runShop(process.argv.slice(2))
