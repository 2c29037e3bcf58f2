import { enableCompileCache } from 'node:module'

// Compiled code of the last start is taken up again: about half a second less. It has to stand before all imports.
enableCompileCache()
const { runShop } = await import('./shop/run-shop.ts')
await runShop(process.argv.slice(2))
