import { serveCommands } from '../processes/commands.ts'
import { type AnswerCheck, answerCheck } from './answer-check.ts'
import { type Load, runLoad } from './run-load.ts'

/** The load generator: a process on the cores of the subgraphs, so that it takes no time from the router. */
let check: AnswerCheck | null = null

serveCommands({
  /** The right answers, in the order of the following requests. */
  expect: (expected: readonly string[]) => {
    check = answerCheck(expected)
  },
  run: (load: Load) => {
    if (!check) throw new Error('the expected responses have not been set')
    return runLoad(load, check)
  },
})
