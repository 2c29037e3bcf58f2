import { worldSdl } from '../world/subgraph-sdl.ts'
import type { Finding } from './campaign.ts'

/** A finding as text: the graph and the operation, the correct response, and the response received. */
export function reproduction({ id, world, text, variables, faults, question, failure }: Finding): string {
  const subgraphs = world.subgraphs.map((name) => `# subgraph ${name}\n${worldSdl(world, name)}`)
  return [
    `## ${failure.executor}, case ${id}: ${failure.what}`,
    ...subgraphs,
    `# operation\n${text}`,
    `# variables\n${JSON.stringify(variables)}`,
    `# faults\n${faults.length > 0 ? faults.map((fault) => JSON.stringify(fault)).join('\n') : 'none'}`,
    `# the whole graph answers\n${question.right.text}`,
    `# ${failure.executor} answers\n${JSON.stringify(failure.got)}`,
  ].join('\n')
}
