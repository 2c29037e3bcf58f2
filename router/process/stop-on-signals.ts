import cluster from 'node:cluster'
import type { Router } from '../router.ts'

/** Ends this process after the requests that have begun. */
export function stopOnSignals(router: Router): void {
  let stopping = false
  const stop = async () => {
    stopping = true
    await router.close()
    process.exit(0)
  }
  // A terminal and some service managers signal every process of a group. A worker ends once, whoever signals
  // it.
  const again = cluster.isWorker ? () => {} : () => process.exit(1)
  const onSignal = () => (stopping ? again() : void stop())
  process.on('SIGTERM', onSignal)
  if (cluster.isPrimary) process.on('SIGINT', onSignal)
  else {
    process.on('SIGINT', () => {})
    process.on('SIGHUP', () => {})
    // The primary ended unexpectedly.
    process.on('disconnect', () => void (stopping || stop()))
  }
}
