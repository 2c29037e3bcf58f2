import { runSubgraph } from '@argyle/kit/run'
import { shipping } from './subgraph.ts'

await runSubgraph(shipping)
