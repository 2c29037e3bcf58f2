import type { Plan, PlanNode, PlanPath } from '../../planning/plan.ts'
import type { CompiledStep } from './compiled-step.ts'
import { Unsuitable } from './text/shapes.ts'
import type { GeneratedText } from './text/text-code.ts'

/** The plan and the requests that were made of it, for a human. */
export function explainSteps({ root }: Plan, steps: readonly CompiledStep[]): string {
  const plan = root ? planLines(root, '  ') : ['  nothing to fetch']
  const requests = steps.flatMap((step, position) => requestLines(step, position, steps))
  return ['plan', ...plan, `requests: ${steps.length}`, ...requests].join('\n')
}

/** The code that runs an operation that comes often, or why there is none. */
export function explainCode(generate: () => GeneratedText): string {
  try {
    const lines = generate().source.split('\n')
    return ['program: on texts, by', ...lines.map((line) => `  ${line}`)].join('\n')
  } catch (error) {
    if (error instanceof Unsuitable) return `program: on trees, since ${error.message}`
    throw error
  }
}

function planLines(node: PlanNode, indent: string): readonly string[] {
  const below = (child: PlanNode | null) => (child ? planLines(child, `${indent}  `) : [])
  switch (node.kind) {
    case 'sequence':
    case 'parallel':
      return [`${indent}${node.kind}`, ...node.nodes.flatMap(below)]
    case 'condition':
      return [
        `${indent}if $${node.variable}`,
        ...below(node.whenTrue),
        ...(node.whenFalse ? [`${indent}else`, ...below(node.whenFalse)] : []),
      ]
    case 'root':
      return [`${indent}${node.subgraph} ${node.operation}`]
    case 'entities': {
      const paths = node.lanes.flatMap((lane) => lane.paths.map(pathText)).join(', ')
      return [`${indent}${node.subgraph} at ${paths} ${node.operation}`]
    }
  }
}

export function pathText(path: PlanPath): string {
  return path
    .map((step) => {
      if (step.kind === 'each') return '@'
      return step.kind === 'field' ? step.name : `|${step.names.join('|')}`
    })
    .join('.')
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
      : step.part.lanes.map(({ lane }) => `    ${lane.alias} for ${lane.paths.map(pathText).join(', ')}`)
  return [`  ${position + 1} ${step.subgraph}${after}`, `    ${step.operation}`, ...lanes]
}
