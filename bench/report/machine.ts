import { availableParallelism, cpus, totalmem } from 'node:os'

/** Where and when something was measured. Nothing in it names the machine. */
export function machine(): object {
  return {
    measuredAt: new Date().toISOString(),
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  }
}
