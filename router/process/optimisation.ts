import { setFlagsFromString } from 'node:v8'

/** Number of runs before V8's slowest compiler optimizes a function. V8's own default is a tenth. */
const INVOCATIONS = 30_000

/** Sets when V8 optimises; whoever starts Node with a number of their own keeps it. */
export function tuneOptimisation(): void {
  // The faster compiler's code is nearly as good, and by V8's own number the slowest was at work on hundreds of functions
  // whenever something new was asked, on the core that answers: of 1.7 ms for an operation never seen before 0.5 were its.
  // 1.3 ms with this; what is asked again and again costs the same.
  const isChosen = process.execArgv.some((option) => /^--invocation[-_]count[-_]for[-_]turbofan/.test(option))
  if (!isChosen) setFlagsFromString(`--invocation-count-for-turbofan=${INVOCATIONS}`)
}
