import { runSubgraph } from '@argyle/kit/run'
import { analytics } from './subgraph.ts'

await runSubgraph(analytics)
