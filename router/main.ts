import { readConfig } from './config.ts'
import { type Router, startRouter } from './router.ts'
import { messageOf, UsageError } from './usage-error.ts'

function stopOnSignals(router: Router): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, async () => {
      // A second signal means that draining takes too long for whoever sends it.
      if (stopping) process.exit(1)
      stopping = true
      await router.close()
      process.exit(0)
    })
  }
}

try {
  const router = await startRouter(readConfig(process.argv.slice(2)))
  stopOnSignals(router)
  console.log(`Supergraph ${router.supergraphId()} is served at ${router.url}`)
} catch (error) {
  console.error(
    error instanceof UsageError ? error.message : `The router failed to start: ${messageOf(error)}`,
  )
  process.exitCode = 1
}
