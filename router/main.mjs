import { enableCompileCache } from 'node:module'

beginAgain()
// JavaScript, and before all else: from the second start on no file is stripped of its types, and what would do so is not
// loaded. That is 0.4 s and 20 MB.
enableCompileCache()
await import('./run.ts')

/**
 * glibc keeps what is free apart for each thread, and V8 has some: of a router under mixed operations 30 MB of 230. It reads
 * how many such places there may be when a process starts, so this one starts again, as itself: 30 ms. Not where a parent
 * has a channel to it, which would be lost; workers have what their parent has.
 */
function beginAgain() {
  const { env, execPath, execArgv, argv, platform } = process
  if (platform !== 'linux' || env.MALLOC_ARENA_MAX || process.send || !process.execve) return
  try {
    process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, MALLOC_ARENA_MAX: '2' })
  } catch {
    // Where processes may not start programs, it goes on as it is.
  }
}
