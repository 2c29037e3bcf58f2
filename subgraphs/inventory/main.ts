import { runSubgraph } from '@argyle/kit/run'
import { inventory } from './subgraph.ts'

await runSubgraph(inventory)
