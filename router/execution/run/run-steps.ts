import type { CompiledStep } from '../compiled-step.ts'

/**
 * Runs each step as soon as the steps that it waits for have ended, not level by level.
 * @param run null: there is nothing to wait for.
 */
export function runSteps(
  steps: readonly CompiledStep[],
  run: (step: CompiledStep, index: number) => Promise<void> | null,
): Promise<void> {
  if (steps.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const waiting = steps.map(({ waitsFor }) => waitsFor)
    let open = steps.length
    const end = (step: CompiledStep) => {
      open--
      for (const next of step.awaitedBy) {
        const left = (waiting[next] ?? 0) - 1
        waiting[next] = left
        if (left === 0) start(next)
      }
      if (open === 0) resolve()
    }
    const start = (position: number) => {
      const step = steps[position]
      if (!step) return
      const running = run(step, position)
      if (running) running.then(() => end(step)).catch(reject)
      else end(step)
    }
    for (const [position, { waitsFor }] of steps.entries()) if (waitsFor === 0) start(position)
  })
}
