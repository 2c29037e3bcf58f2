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

/** Runs tests of a repository in one Vitest process, whose database server starts once. */
export async function openTestRunner(root: string): Promise<TestRunner> {
  const vitest = await createVitest(
    'test',
    // Isolated: a process that has loaded a file would not see its changed text.
    { root, watch: false, isolate: true, bail: 1, reporters: [{}], passWithNoTests: true, silent: true },
    { logLevel: 'silent' },
  )
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
