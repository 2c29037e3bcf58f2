import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { createVitest, type TestModule } from 'vitest/node'

/** `file`: path from the root, with slashes. `reason`: the name of the test, and the first line of its error. */
export type Failure = { readonly file: string; readonly reason: string }

export type TestRunner = {
  /** Runs test files, paths from the root, until one fails. @returns that failure */
  firstFailure(tests: readonly string[]): Promise<Failure | undefined>
  /** Tells that a source file has another text now. */
  changed(file: string): void
  close(): Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Returns a function that removes signal listeners added since. Vitest's would end this process within a millisecond, and leave its temporary files. */
function keepSignalListeners(): () => void {
  const before = SIGNALS.map((signal) => process.listeners(signal))
  return () => {
    for (const [index, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal))
        if (!before[index]?.includes(listener)) process.off(signal, listener)
  }
}

/**
 * Runs tests of a repository in one Vitest process, whose database server starts once.
 * @param stop ends the run at hand; the failures of later runs are undefined
 */
export async function openTestRunner(root: string, stop?: AbortSignal): Promise<TestRunner> {
  const dropOthers = keepSignalListeners()
  const vitest = await createVitest(
    'test',
    // Isolated: a process that has loaded a file would not see its changed text.
    { root, watch: false, isolate: true, bail: 1, reporters: [{}], passWithNoTests: true, silent: true },
    { logLevel: 'silent' },
  )
  dropOthers()
  stop?.addEventListener('abort', () => void vitest.cancelCurrentRun('keyboard-input'))
  await vitest.standalone()
  const failureOf = async (test: string): Promise<Failure | undefined> => {
    const file = path.join(root, test)
    const project = vitest.projects.find((one) => one.matchesTestGlob(file)) ?? vitest.getRootProject()
    const specification = project.createSpecification(file)
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification])
    // The result holds the files of earlier runs too.
    const failed = testModules.find(({ moduleId }) => moduleId === specification.moduleId)
    if (failed?.state() === 'failed') return { file: test, reason: reasonOf(failed) }
    const [error] = unhandledErrors
    return error === undefined ? undefined : { file: test, reason: String(error) }
  }
  return {
    // One file at a time: the first failure would end another file before it has ended the processes that it started.
    async firstFailure(tests) {
      for (const test of tests) {
        if (stop?.aborted) return undefined
        const failure = await failureOf(test)
        if (failure) return failure
      }
      return undefined
    },
    changed: (file) => vitest.invalidateFile(path.join(root, file)),
    close: () => vitest.close(),
  }
}

function reasonOf(module: TestModule): string {
  const [test] = module.children.allTests('failed')
  const [error] = test?.result().errors ?? module.errors()
  const [line = ''] = stripVTControlCharacters(error?.message ?? '').split('\n')
  return test ? `${test.fullName}: ${line}` : line
}
