import cluster from 'node:cluster'
import { once } from 'node:events'
import type { Router } from '../router.ts'

/** Ends this process after the requests that have begun. */
export function stopOnSignals(router: Router): void {
  let stopping = false
  const stop = async () => {
    stopping = true
    await router.close()
    await leavePrimary()
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

/**
 * Waits until the primary assigns this worker no more connections. It may have assigned one before it learnt
 * that the worker closed its listener. `node:cluster` passes that one on to another worker, if this one still
 * refuses it.
 */
async function leavePrimary(): Promise<void> {
  const { worker } = cluster
  if (!worker?.isConnected()) return
  const disconnected = once(worker, 'disconnect')
  worker.disconnect()
  await disconnected
}
