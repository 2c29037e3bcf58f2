import { enableCompileCache } from 'node:module'
import { preferProductionLibraries } from './shop/config.ts'

// Compiled code of the last start is taken up again: about half a second less. Both have to stand before all other imports.
enableCompileCache()
preferProductionLibraries()
const { runShop } = await import('./shop/run-shop.ts')
await runShop(process.argv.slice(2))
