import { enableCompileCache } from 'node:module'

// JavaScript, and before all else: from the second start on no file is stripped of its types, and what would do so is not
// loaded. That is 0.4 s and 20 MB.
enableCompileCache()
await import('./run.ts')
