import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from '../check/source-files.ts'
import { root as repository } from '../repository.ts'
import { copyRepository } from '../test/repository-copy.ts'
import { type Mutant, mutantsOf, mutated } from './mutants.ts'
import { relatedTests } from './related-tests.ts'
import { MisuseError, type MutateRequest } from './request.ts'
import { sample } from './sample.ts'
import { survivorTable } from './survivor-table.ts'
import { type Failure, openTestRunner, type TestRunner } from './test-runner.ts'

/** A change of one file of the repository; `file` is its path from the root. */
export type FileMutant = Mutant & { readonly file: string }

/** Signals that end the trial at hand, by the exit code. The copy is removed. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/** Tries mutants of the repository, in a copy of it, and prints those that no test notices. */
export async function mutate(request: MutateRequest, print: (line: string) => void): Promise<void> {
  requireSources(request.folder)
  const stop = new AbortController()
  const interrupt = (signal: keyof typeof SIGNALS) => {
    process.exitCode = SIGNALS[signal]
    // A second signal does not wait for the trial.
    if (stop.signal.aborted) process.exit()
    stop.abort()
  }
  // Before the copy is made, which takes seconds.
  for (const signal of Object.keys(SIGNALS)) process.on(signal, interrupt)
  const copy = copyRepository()
  process.once('exit', copy.remove)
  try {
    await tryMutants(request, copy.root, print, stop.signal)
  } finally {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, interrupt)
    process.off('exit', copy.remove)
    copy.remove()
  }
}

/**
 * Tries mutants one after the other, in place, and prints those that no test notices.
 * @param root a repository whose files may change
 * @returns the survivors
 */
export async function tryMutants(
  { folder, count, seed }: MutateRequest,
  root: string,
  print: (line: string) => void,
  stop?: AbortSignal,
): Promise<FileMutant[]> {
  const files = sourceFiles(root)
  const tests = files.map(({ file }) => file).filter(isTest)
  const all = files
    .filter(({ file }) => isIn(folder, file) && isMutated(file))
    .flatMap(({ file, source }) => mutantsOf(source).map((mutant) => ({ file, ...mutant })))
  const chosen = sample(all, count, seed)
  print(`${chosen.length} of ${all.length} changes of ${folder}, seed ${seed}`)

  const survivors: FileMutant[] = []
  let tried = 0
  const runner = await openTestRunner(root, stop)
  try {
    await demandGreen(chosen, tests, runner)
    // The test that noticed the last change of a file likely notices the next.
    const noticing = new Map<string, string>()
    for (const mutant of chosen) {
      if (stop?.aborted) break
      const related = relatedTests(mutant.file, tests)
      const last = noticing.get(mutant.file)
      const order = last ? [last, ...related.filter((test) => test !== last)] : related
      const noticed = await withMutant(root, mutant, runner, () => runner.firstFailure(order))
      // The trial was cut short.
      if (stop?.aborted) break
      tried++
      if (noticed) noticing.set(mutant.file, noticed.file)
      else survivors.push(mutant)
      print(outcomeOf(mutant, noticed))
    }
  } finally {
    await runner.close()
  }
  print(`\n${survivorTable(survivors, tried)}`)
  return survivors
}

// A test that fails before any change would notice all of them.
async function demandGreen(chosen: readonly FileMutant[], tests: readonly string[], runner: TestRunner) {
  const related = new Set(chosen.flatMap(({ file }) => relatedTests(file, tests)))
  const failed = await runner.firstFailure([...related])
  if (failed) throw new Error(`${failed.file} fails without any change: ${failed.reason}`)
}

async function withMutant<T>(root: string, mutant: FileMutant, runner: TestRunner, work: () => Promise<T>) {
  const file = path.join(root, mutant.file)
  const source = readFileSync(file, 'utf8')
  const write = (text: string) => {
    writeFileSync(file, text)
    runner.changed(mutant.file)
  }
  write(mutated(source, mutant))
  try {
    return await work()
  } finally {
    write(source)
  }
}

const isTest = (file: string) => file.endsWith('.test.ts')
const isIn = (folder: string, file: string) => file === folder || file.startsWith(`${folder}/`)

/** @throws MisuseError */
function requireSources(folder: string): void {
  if (sourceFiles(repository).some(({ file }) => isIn(folder, file) && isMutated(file))) return
  throw new MisuseError(
    `${JSON.stringify(folder)} has no code to change: allowed is a folder or file with TypeScript sources other than tests`,
  )
}

const isMutated = (file: string) =>
  !isTest(file) && !/(?:^|\/)(?:testing\/|main\.ts$|[^/]*\.(?:fixture|conformance)\.ts$)/.test(file)

function outcomeOf({ file, line, kind }: FileMutant, noticed: Failure | undefined): string {
  const place = `${file}:${line} ${kind}`
  return noticed ? `✓ ${place} is noticed by ${noticed.file} (${noticed.reason})` : `✗ ${place} survives`
}
