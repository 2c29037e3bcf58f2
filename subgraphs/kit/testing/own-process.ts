import { type ChildProcess, type StdioNull, type StdioPipe, spawn } from 'node:child_process'

/** Ends the process when its input ends, which only the process of the test holds open. */
const ENDS_WITH_TEST = 'data:text/javascript,process.stdin.resume().on("end",()=>process.exit(1))'

type Options = {
  readonly env: NodeJS.ProcessEnv
  /** `pipe` by default. */
  readonly stdout?: StdioNull | StdioPipe
}

/** Runs a module as a process of its own, which ends with that of the test at the latest, however that ends. */
export function ownProcess(module: string, { env, stdout = 'pipe' }: Options): ChildProcess {
  const args = ['--import', ENDS_WITH_TEST, module]
  return spawn(process.execPath, args, { env, stdio: ['pipe', stdout, 'inherit'] })
}
