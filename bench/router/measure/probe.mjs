import { enableCompileCache } from 'node:module'

// JavaScript, so that looking at a process does not load into it what strips types: that is 15 MB.
enableCompileCache()
await import('./probe.ts')
