import type { Arena } from '../arena.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { type Running, startContestant } from '../contestants/running.ts'
import { type Figures, figuresOf, load, measure, type Round, type Work } from '../measure/measurement.ts'
import type { BenchOptions } from '../options.ts'
import type { Measured } from '../report/load-report.ts'

/** Running contestants, and the reasons why others do not run. */
export type Field = {
  readonly running: readonly Running[]
  readonly failed: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** The part of a title about changing responses. */
export function changes({ changing }: Pick<BenchOptions, 'changing'>): string {
  return changing > 0 ? `, ${changing} % of the subgraphs' answers changing` : ''
}

/** Prints progress. */
export type Say = (line: string) => void

/** Starts contestants, one after another; reports those that do not start, with the reason. */
export async function openField(arena: Arena, contestants: readonly Contestant[], say: Say): Promise<Field> {
  const running: Running[] = []
  const failed = new Map<string, string>()
  for (const contestant of contestants) {
    try {
      running.push(await startContestant(contestant, arena))
      say(`${contestant.name} is up`)
    } catch (error) {
      failed.set(contestant.name, error instanceof Error ? error.message : String(error))
      say(`${contestant.name} did not start`)
    }
  }
  return {
    running,
    failed,
    close: async () => void (await Promise.all(running.map(({ stop }) => stop()))),
  }
}

/**
 * Runs rounds in turn, each starting with another contestant, so that other load on the machine affects all
 * alike. Each contestant is warmed up first for as long as a round.
 */
export async function interleaved(
  arena: Arena,
  { running }: Field,
  work: Work,
  rounds: number,
  say: Say,
): Promise<Measured[]> {
  for (const contestant of running) await load(arena, contestant, work)
  const taken = new Map<Running, Round[]>(running.map((contestant) => [contestant, []]))
  for (let round = 0; round < rounds; round++) {
    const turn = round % running.length
    for (const contestant of [...running.slice(turn), ...running.slice(0, turn)]) {
      taken.get(contestant)?.push(await measure(arena, contestant, work))
    }
    say(`round ${round + 1} of ${rounds} is done`)
  }
  return [...taken].map(([{ contestant }, of]): { contestant: Contestant; figures: Figures } => ({
    contestant,
    figures: figuresOf(of),
  }))
}
