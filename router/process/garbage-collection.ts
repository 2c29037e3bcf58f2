import { setFlagsFromString } from 'node:v8'

/** In percent of what is alive after a collection: so much more may come before the next. */
const GROWTH = 100

/** Sets V8 to what a router needs; whoever starts Node with a growth of their own keeps it. */
export function tuneGarbageCollection(): void {
  // V8 lets a heap grow to four times what is alive before it collects, where there is memory. Half of that came to 280 MB
  // instead of 600 under mixed operations, with all else that makes an operation weigh less, and costs 2 % CPU where every
  // answer is large. The size of the young generation can only be set where Node is started, and is not for saving: half of
  // it made a request cost twice as much. 60 instead of 100 would spare 15 MB of 230 under mixed operations at no cost, but
  // where every answer is large a request costs a third more.
  const isChosen = process.execArgv.some((option) => /^--heap[-_]growing[-_]percent/.test(option))
  if (!isChosen) setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
  // V8 puts objects that tend to outlive young collections among the old ones at once. Those of requests under way do outlive
  // some, and are dead soon after: then whatever hangs on them stays, and is copied, until all of the heap is collected. For
  // the benchmark's operation with fifty requests at a time, every answer read, young collections took 14 ms instead of 4,
  // and a request 1.24 ms of CPU instead of 0.9.
  setFlagsFromString('--no-allocation-site-pretenuring')
}
