import { type CompiledStep, operationOf } from './compiled-step.ts'
import { pathText } from './entities/entities-at-path.ts'
import type { GeneratedText } from './generated/generate-code.ts'
import { Unsuitable } from './generated/object-shapes.ts'

/** The requests of an operation, for a human. */
export function explainSteps(steps: readonly CompiledStep[]): string {
  const requests = steps.flatMap((step, position) => requestLines(step, position, steps))
  return [`requests: ${steps.length}`, ...requests].join('\n')
}

/** The code that runs an operation that comes often, or why there is none. */
export function explainCode(generate: () => GeneratedText, hasCode: boolean): string {
  try {
    const { source } = generate()
    if (!hasCode) return 'program: on texts'
    const lines = source.split('\n')
    return ['program: on texts, by', ...lines.map((line) => `  ${line}`)].join('\n')
  } catch (error) {
    if (error instanceof Unsuitable) return `program: on trees, since ${error.message}`
    throw error
  }
}

function requestLines(
  step: CompiledStep,
  position: number,
  steps: readonly CompiledStep[],
): readonly string[] {
  const before = steps.flatMap(({ awaitedBy }, index) => (awaitedBy.includes(position) ? [index + 1] : []))
  const after = before.length > 0 ? ` after ${before.join(', ')}` : ''
  const lanes =
    step.part.kind === 'root'
      ? []
      : step.part.lanes.map(
          ({ alias, ways }) => `    ${alias} for ${ways.map(({ path }) => pathText(path)).join(', ')}`,
        )
  return [`  ${position + 1} ${step.subgraph}${after}`, `    ${operationOf(step)}`, ...lanes]
}
