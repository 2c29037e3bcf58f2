import { runSubgraph } from '@argyle/kit/run'
import { search } from './subgraph.ts'

await runSubgraph(search)
