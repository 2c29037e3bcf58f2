import { serveCommands } from '../processes/commands.ts'
import { type AnswerCheck, answerCheck } from './answer-check.ts'
import { type Load, runLoad } from './run-load.ts'

/** The load generator: a process of its own, on the core of the subgraphs, so that it takes none of the router's. */
let check: AnswerCheck | null = null

serveCommands({
  /** The right answers, in the order of the requests that follow. */
  expect: (expected: readonly string[]) => {
    check = answerCheck(expected)
  },
  run: (load: Load) => {
    if (!check) throw new Error('what is expected has not been told')
    return runLoad(load, check)
  },
})
