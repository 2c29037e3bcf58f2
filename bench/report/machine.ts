import { availableParallelism, cpus, totalmem } from 'node:os'

/** Time, hardware and versions of a measurement, without anything that identifies the machine. */
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
