import { enableCompileCache } from 'node:module'

// JavaScript, so that the probe does not load the type stripper into the process, which takes 15 MB.
enableCompileCache()
await import('./probe.ts')
