import type { Plan, PlanNode } from '../../planning/plan.ts'
import { type CompiledStep, operationOf } from './compiled-step.ts'
import { pathText } from './entities-at.ts'
import type { Planned } from './planned.ts'
import { Unsuitable } from './text/shapes.ts'
import type { GeneratedText } from './text/text-code.ts'

/** The plan and the requests that were made of it, for a human. */
export function explainSteps({ plan, reason }: Planned, steps: readonly CompiledStep[]): string {
  const requests = steps.flatMap((step, position) => requestLines(step, position, steps))
  return [...planned(plan, reason), `requests: ${steps.length}`, ...requests].join('\n')
}

function planned(plan: Plan | null, reason: string | null): readonly string[] {
  if (!plan) return ['plan: by the router itself, no planner was asked']
  const lines = plan.root ? planLines(plan.root, '  ') : ['  nothing to fetch']
  return [reason === null ? 'plan' : `plan: by a planner, since ${reason}`, ...lines]
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
