import { type ChildProcess, type StdioNull, type StdioPipe, spawn } from 'node:child_process'
import { environment } from '../service/config.ts'

/**
 * The environment of a program that a test runs, without the settings of this machine. The test adds its
 * settings. The programs of a run share their compiled modules, which saves a third of the CPU time of a
 * start.
 */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = environment()
  return { PATH, NODE_COMPILE_CACHE }
}

/** Ends the process when its input ends, which only the process of the test keeps open. */
const ENDS_WITH_TEST = 'data:text/javascript,process.stdin.resume().on("end",()=>process.exit(1))'

type Options = {
  readonly env: NodeJS.ProcessEnv
  /** `pipe` by default. */
  readonly stdout?: StdioNull | StdioPipe
}

/**
 * Runs a module as a process of its own, which ends at the latest when the process of the test ends, even if
 * that is killed.
 */
export function ownProcess(module: string, { env, stdout = 'pipe' }: Options): ChildProcess {
  const args = ['--import', ENDS_WITH_TEST, module]
  return spawn(process.execPath, args, { env, stdio: ['pipe', stdout, 'inherit'] })
}
