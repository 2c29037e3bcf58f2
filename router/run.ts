import cluster from 'node:cluster'
import { type RouterConfig, readConfig } from './config.ts'
import { tuneGarbageCollection } from './process/garbage-collection.ts'
import { tuneOptimisation } from './process/optimisation.ts'
import { stopOnSignals } from './process/stop-on-signals.ts'
import { superviseWorkers } from './process/supervisor.ts'
import { visible } from './quoted.ts'
import { explain, startRouter } from './router.ts'
import { readText } from './supergraph/supergraph-yaml.ts'
import { messageOf, UsageError } from './usage-error.ts'

async function serve(config: RouterConfig): Promise<void> {
  tuneGarbageCollection()
  tuneOptimisation()
  const router = await startRouter({ ...config, warm: true })
  stopOnSignals(router)
  const notice = { serving: router.supergraphId(), url: router.url }
  if (cluster.isWorker) process.send?.(notice)
  else console.log(`Supergraph ${notice.serving} is served at ${notice.url}`)
}

async function explainFile(config: RouterConfig, file: string): Promise<void> {
  const { text, failures } = await explain(config, readText(file), config.hasCode)
  if (text) console.log(visible(text))
  for (const failure of failures) console.error(visible(failure))
  if (failures.length > 0) process.exitCode = 1
}

try {
  const config = readConfig(process.argv.slice(2))
  if (config.explain) await explainFile(config, config.explain)
  else if (config.workers && cluster.isPrimary)
    process.exit(await superviseWorkers(config.workers, config.log))
  else await serve(config)
} catch (error) {
  console.error(
    visible(error instanceof UsageError ? error.message : `The router failed to start: ${messageOf(error)}`),
  )
  // A worker's channel to the primary would keep it alive.
  if (cluster.isWorker) process.exit(1)
  process.exitCode = 1
}
