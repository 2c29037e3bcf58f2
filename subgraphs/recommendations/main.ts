import { runSubgraph } from '@argyle/kit/run'
import { recommendations } from './subgraph.ts'

await runSubgraph(recommendations)
