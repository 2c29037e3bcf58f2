import { runSubgraph } from '@argyle/kit/run'
import { gadgetry } from './subgraph.ts'

await runSubgraph(gadgetry)
