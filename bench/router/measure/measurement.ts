import type { Arena } from '../arena.ts'
import type { Running } from '../contestants/running.ts'
import { type Latencies, percentile, pooled } from '../load/latencies.ts'
import type { Load, LoadResult } from '../load/run-load.ts'
import { WrongAnswer } from '../wrong-answer.ts'
import { cpuMilliseconds, residentMegabytes } from './process-status.ts'

/** One round of one contestant. */
export type Round = {
  readonly requests: number
  readonly milliseconds: number
  readonly latencies: Latencies
  readonly cpuMs: number
  readonly calls: number
  /** Bytes sent to the subgraphs. */
  readonly bytesIn: number
  readonly residentMb: number
}

/** All rounds of one contestant. Rates are the median of the rounds; percentiles are of all requests. */
export type Figures = {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly cpuMsPerRequest: number
  /** CPU time by wall time: below 0.9 something other than the router was the limit. */
  readonly busy: number
  readonly residentMb: number
  readonly callsPerRequest: number
  readonly kilobytesSentPerRequest: number
}

/** The varying part of a load. */
export type Work = Omit<Load, 'port' | 'path'>

/** Measures one contestant for a time. @throws WrongAnswer for an unexpected answer. */
export async function measure(arena: Arena, running: Running, work: Work): Promise<Round> {
  await arena.tally()
  const before = cpuMilliseconds(running.pid)
  const result = await load(arena, running, work)
  const cpuMs = cpuMilliseconds(running.pid) - before
  const { calls, bytesIn } = await arena.tally()
  const { requests, milliseconds, latencies } = result
  const residentMb = residentMegabytes(running.pid)
  return { requests, milliseconds, latencies, cpuMs, calls, bytesIn, residentMb }
}

/** Load without measuring, for warming up and checking. @throws WrongAnswer as `measure`. */
export async function load(arena: Arena, running: Running, work: Work): Promise<LoadResult> {
  const result = await arena.load({ ...work, port: running.port, path: '/graphql' })
  if (result.fault !== null) throw new WrongAnswer(running.contestant.name, result.fault)
  return result
}

/** @param rounds of one contestant, at least one. */
export function figuresOf(rounds: readonly Round[]): Figures {
  const latencies = pooled(rounds.map((round) => round.latencies))
  const median = (of: (round: Round) => number) => medianOf(rounds.map(of))
  return {
    requestsPerSecond: median(({ requests, milliseconds }) => (requests / milliseconds) * 1_000),
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    cpuMsPerRequest: median(({ cpuMs, requests }) => cpuMs / requests),
    busy: median(({ cpuMs, milliseconds }) => cpuMs / milliseconds),
    residentMb: Math.max(...rounds.map(({ residentMb }) => residentMb)),
    callsPerRequest: median(({ calls, requests }) => calls / requests),
    kilobytesSentPerRequest: median(({ bytesIn, requests }) => bytesIn / requests / 1_024),
  }
}

/** @returns the median; of an even number the mean of the middle two; NaN without values. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
